import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { HttpResponse } from '../http/message';

/** A file of the console as browsers ask for it. */
export interface ConsoleFile {
  readonly file: string;
  readonly contentType: string;
}

const CONTENT_TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

const DIRECTORY = join(__dirname, 'pages');
const PAGES = [
  'index.html',
  'player.css',
  'player.js',
  'player-state.js',
  'segment-grid.js',
  'segment-record.js',
  'words.js',
  'icon.svg',
] as const;

/** The pages are plain modules that browsers take as they are, so there is nothing to build. By path. */
export function consoleFiles(): ReadonlyMap<string, ConsoleFile> {
  const own = PAGES.map((name) => [`/console/${name}`, fileOf(join(DIRECTORY, name))] as const);
  const shaka = dirname(createRequire(__filename).resolve('shaka-player'));
  const player = fileOf(join(shaka, 'shaka-player.compiled-es2021.js'));
  return new Map([
    ...own,
    ['/console/', fileOf(join(DIRECTORY, 'index.html'))],
    ['/console/vendor/shaka-player.js', player],
  ]);
}

function fileOf(file: string): ConsoleFile {
  const extension = file.slice(file.lastIndexOf('.') + 1) as keyof typeof CONTENT_TYPES;
  return { file, contentType: CONTENT_TYPES[extension] };
}

/** Nothing from elsewhere, no script or style in the page itself; media through blob: URLs, as MSE needs. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; " +
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/**
 * Answers GETs of `/console/...`. A file is read when it is first asked for, and again when the process starts anew.
 * @returns undefined for what the console does not have
 */
export function consolePages(): (path: string) => HttpResponse | undefined {
  const files = consoleFiles();
  const read = new Map<string, Uint8Array>();
  return (path) => {
    if (path === '/console') return { status: 302, headers: { ...HEADERS, Location: '/console/' } };
    const found = files.get(path);
    if (found === undefined) return undefined;
    const body = read.get(path) ?? readFileSync(found.file);
    read.set(path, body);
    return { status: 200, headers: { ...HEADERS, 'Content-Type': found.contentType }, body };
  };
}
