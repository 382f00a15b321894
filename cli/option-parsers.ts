import { InvalidArgumentError } from 'commander';
import type { EventKey } from '../origin/candidate';
import { NAME_PATTERN } from '../origin/events/configuration';

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('Wanted a port, 0 to 65535.');
  return port;
}

/** A base URL, to which paths are appended. */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('Wanted a URL, for example http://127.0.0.1:8081.');
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('Wanted no user or password: every process of the machine can read them.');
  if (url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError('Wanted a URL without ? or #: paths are put behind it.');
  return url;
}

export function parseEventKey(text: string): EventKey {
  const [tenant = '', event = '', ...rest] = text.split('/');
  if (rest.length > 0 || !NAME_PATTERN.test(tenant) || !NAME_PATTERN.test(event))
    throw new InvalidArgumentError('Wanted TENANT/EVENT, for example acme/final.');
  return { tenant, event };
}

/** Above 0, up to a million. */
export function parseAmount(text: string): number {
  const amount = Number(text);
  if (text.trim() === '' || !(amount > 0 && amount <= 1e6))
    throw new InvalidArgumentError('Wanted a number above 0.');
  return amount;
}
