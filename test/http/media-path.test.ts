import { parseMediaPath } from '../../http/media-path';

const LONGEST = `/live/acme/final/${'a/'.repeat(247)}a`;

it.each([
  ['/live/acme/final/v720/7.m4s', 'v720/7.m4s'],
  ['/live/acme/final/manifest.mpd', 'manifest.mpd'],
  ['/live/acme/final/a~b-c_d.e', 'a~b-c_d.e'],
  [`/live/acme/final/${'a'.repeat(128)}`, 'a'.repeat(128)],
  [LONGEST, LONGEST.slice(17)],
])('%s', (path, expected) => {
  expect(parseMediaPath(path)).toEqual({ key: { tenant: 'acme', event: 'final' }, path: expected });
});

it.each([
  ['no event', '/live/acme'],
  ['no name in it', '/live/acme/final'],
  ['an empty name', '/live/acme/final/'],
  ['an empty name in between', '/live/acme/final//7.m4s'],
  ['an empty tenant', '/live//final/7.m4s'],
  ['a dot segment', '/live/acme/final/./7.m4s'],
  ['two dots', '/live/acme/final/../other/7.m4s'],
  ['two dots as an event', '/live/acme/../7.m4s'],
  ['encoded dots', '/live/acme/final/%2e%2e/7.m4s'],
  ['an encoded slash', '/live/acme/final/v720%2F7.m4s'],
  ['a letter encoded', '/live/acme/final/%76720/7.m4s'],
  ['a zero byte', '/live/acme/final/7.m4s\0'],
  ['an encoded zero byte', '/live/acme/final/7.m4s%00'],
  ['a backslash', '/live/acme/final/..\\7.m4s'],
  ['a query', '/live/acme/final/7.m4s?v=1'],
  ['a parameter', '/live/acme/final/7.m4s;x'],
  ['a space', '/live/acme/final/7 .m4s'],
  ['a line break', '/live/acme/final/7.m4s\r\nX: y'],
  ['another alphabet', '/live/acme/final/\u0661.m4s'],
  ['a letter that looks like one of ours', '/live/\u0430cme/final/7.m4s'],
  ['a tenant of another form', '/live/.acme/final/7.m4s'],
  ['a name that is too long', `/live/acme/final/${'a'.repeat(129)}`],
  ['a path that is too long', `${LONGEST}/a`],
  ['another prefix', '/Live/acme/final/7.m4s'],
  ['no slash', 'live/acme/final/7.m4s'],
  ['nothing', ''],
])('%s is no media path', (_, path) => {
  expect(parseMediaPath(path)).toBeUndefined();
});
