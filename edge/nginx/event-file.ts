import type { EdgeConfiguration } from '../../origin/events/edge-configuration';

/**
 * Where nginx finds what it has to know of a request: one file for each folder of an event, so that it reads and parses
 * the one representation in question, not all of them (njs 0.7 keeps nothing between requests). `@` stands for `/`: it
 * is in no name. In the dialect of edges (edge/guard).
 * @param path absolute, of an object below an event
 * @example `/live/acme/final/v720/7.m4s` is in `acme@final@v720.json`
 */
export function folderFileOf(path: string): string {
  return path.slice(PREFIX_LENGTH, path.lastIndexOf('/')).split('/').join('@') + SUFFIX;
}

/** The file with all of an event. @param name as eventNameOf gives it: `tenant/event` */
export function eventFileOf(name: string): string {
  return name.split('/').join('@') + SUFFIX;
}

const PREFIX_LENGTH = '/live/'.length;
const SUFFIX = '.json';

/** What nginx needs of an event. */
export type NginxConfiguration = Omit<EdgeConfiguration, 'invalidations'>;
