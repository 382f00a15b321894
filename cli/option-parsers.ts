import { Argument, InvalidArgumentError } from 'commander';
import type { EventKey } from '../origin/candidate';
import { NAME_PATTERN } from '../origin/events/name-pattern';

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('Wanted a port, 0 to 65535.');
  return port;
}

/**
 * A base URL, to which paths are appended. Where paths of the contract begin (`/live`, `/control`) is no part of it, and is
 * left off.
 */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('Wanted a URL, for example http://127.0.0.1:8081.');
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('Wanted no user or password: every process of the machine can read them.');
  if (url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError('Wanted a URL without ? or #: paths are put behind it.');
  url.pathname = url.pathname.replace(/\/(live|control)\/?$/, '/');
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

/** @param what of what it is the name, for example `a pipeline` */
export function nameParser(what: string): (text: string) => string {
  return (text) => {
    if (!NAME_PATTERN.test(text))
      throw new InvalidArgumentError(
        `Wanted the name of ${what}: 1-64 of A-Z a-z 0-9 _ -, the first a letter or digit.`,
      );
    return text;
  };
}

/** @example `a,b` */
export function parseNames(text: string): readonly string[] {
  const names = text.split(',');
  if (!names.every((name) => NAME_PATTERN.test(name)))
    throw new InvalidArgumentError('Wanted names separated by commas, for example a,b.');
  return names;
}

/** @returns a parser of whole numbers from `minimum` to `maximum`. */
export function wholeParser(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d{1,15}$/.test(text) || number < minimum || number > maximum)
      throw new InvalidArgumentError(`Wanted a whole number, ${minimum} to ${maximum}.`);
    return number;
  };
}

/** The first argument of whatever is about one event. */
export function eventArgument(): Argument {
  return new Argument('<event>', 'TENANT/EVENT, for example acme/final').argParser(parseEventKey);
}

export function pipelineArgument(): Argument {
  return new Argument('<pipeline>', 'its name in the configuration').argParser(nameParser('a pipeline'));
}
