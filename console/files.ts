import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { HttpResponse } from '../http/message';
import { jsonResponse } from '../http/problem';

/** A file of the console as browsers ask for it. */
export interface ConsoleFile {
  readonly file: string;
  readonly contentType: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const DIRECTORY = join(__dirname, 'pages');
const { resolve } = createRequire(__filename);

/** The pages are plain modules that browsers take as they are, so there is nothing to build. By path. */
export function consoleFiles(): ReadonlyMap<string, ConsoleFile> {
  const own = readdirSync(DIRECTORY)
    .filter((name) => extensionOf(name) in CONTENT_TYPES)
    .map((name) => [`/console/${name}`, fileOf(join(DIRECTORY, name))] as const);
  const shaka = join(dirname(resolve('shaka-player')), 'shaka-player.compiled-es2021.js');
  const uplot = dirname(resolve('uplot'));
  return new Map([
    ...own,
    ['/console/', fileOf(join(DIRECTORY, 'index.html'))],
    ['/console/vendor/shaka-player.js', fileOf(shaka)],
    ['/console/vendor/uplot.js', fileOf(join(uplot, 'uPlot.esm.js'))],
    ['/console/vendor/uplot.css', fileOf(join(uplot, 'uPlot.min.css'))],
  ]);
}

function fileOf(file: string): ConsoleFile {
  return { file, contentType: CONTENT_TYPES[extensionOf(file)] ?? 'application/octet-stream' };
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** What a deployment tells its pages, as `/console/settings.json`. */
export interface ConsoleSettings {
  /** Origin of the CDN that serves /live/; empty: the pages' own. */
  readonly liveUrl: string;
  /** The edge's Prometheus text; empty where browsers can reach none. */
  readonly metricsUrl: string;
  /** Faults can be made by button. */
  readonly lab: boolean;
}

/** Nothing from elsewhere, no script or style in the page itself; media through blob: URLs, as MSE needs. */
export function contentSecurityPolicy({ liveUrl }: Pick<ConsoleSettings, 'liveUrl'>): string {
  const live = liveUrl === '' ? "'self'" : `'self' ${liveUrl}`;
  return (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
    `media-src ${live} blob:; connect-src ${live}; worker-src 'self' blob:; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  );
}

function headersOf(settings: ConsoleSettings): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(settings),
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}

/**
 * Answers GETs of `/console/...`. A file is read when it is first asked for, and again when the process starts anew.
 * @returns undefined for what the console does not have
 */
export function consolePages(settings: ConsoleSettings): (path: string) => HttpResponse | undefined {
  const files = consoleFiles();
  const headers = headersOf(settings);
  const read = new Map<string, Uint8Array>();
  return (path) => {
    if (path === '/console') return { status: 302, headers: { ...headers, Location: '/console/' } };
    if (path === '/console/settings.json') return jsonResponse(200, settings, headers);
    const found = files.get(path);
    if (found === undefined) return undefined;
    const body = read.get(path) ?? readFileSync(found.file);
    read.set(path, body);
    return { status: 200, headers: { ...headers, 'Content-Type': found.contentType }, body };
  };
}
