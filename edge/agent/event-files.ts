import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EdgeConfiguration, EdgeRepresentation } from '../../origin/events/edge-configuration';
import { eventFileOf, type NginxConfiguration } from '../nginx/event-file';

/** Longest name of a file, in bytes, on the file systems of Linux. */
const FILE_NAME_MAX = 255;

/** An event as files: name and content. A folder whose file would be too much for the disk is read from the whole. */
export function eventFiles(configuration: NginxConfiguration): ReadonlyMap<string, NginxConfiguration> {
  const event = `${configuration.tenant}/${configuration.event}`;
  const files = new Map([[eventFileOf(event), configuration]]);
  const folders = new Set(configuration.representations.flatMap(foldersOf));
  folders.delete('');
  for (const folder of folders) {
    const file = eventFileOf(`${event}/${folder}`);
    const representations = configuration.representations.filter((one) => mayName(one, folder));
    if (file.length <= FILE_NAME_MAX) files.set(file, { ...configuration, representations });
  }
  return files;
}

function foldersOf({ initialization, media }: EdgeRepresentation): readonly string[] {
  return [folderOf(initialization), ...(media.suffix.includes('/') ? [] : [folderOf(media.prefix)])];
}

/** A number in a folder's name makes folders without end: such a template is a part of every file. */
function mayName(representation: EdgeRepresentation, folder: string): boolean {
  return representation.media.suffix.includes('/') || foldersOf(representation).includes(folder);
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

/** Invalidations are Varnish's part, and would be read with every request. */
function nginxPart(configuration: EdgeConfiguration): NginxConfiguration {
  const { tenant, event, version, revision, schedule, representations, passthrough, notices } = configuration;
  return {
    ...{ tenant, event, version, revision, schedule, representations, passthrough },
    ...(notices !== undefined && { notices }),
  };
}

/** Puts a file in place of its former self: who reads meanwhile has the one or the other, never a part. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

/** The events of one appliance in its directory. */
export class EventFiles {
  readonly #directory: string;
  /** What stands in each file, by event: only what changes is written. */
  readonly #written = new Map<string, ReadonlyMap<string, string>>();

  /** @param directory may hold the files of a former run: they stay in force until they are replaced or removed */
  constructor(directory: string) {
    this.#directory = directory;
    for (const file of readdirSync(directory)) {
      const [tenant, event] = file.replace(/\.json$/, '').split('@');
      if (tenant === undefined || event === undefined) continue;
      const name = `${tenant}/${event}`;
      this.#written.set(name, new Map([...(this.#written.get(name) ?? []), [file, '']]));
    }
  }

  /** Events that have files, `tenant/event`. */
  get names(): readonly string[] {
    return [...this.#written.keys()];
  }

  /** @throws node's error when the disk does not take it; nginx goes on with what it has. */
  write(name: string, configuration: EdgeConfiguration): void {
    const former = this.#written.get(name) ?? new Map<string, string>();
    const files = new Map<string, string>();
    for (const [file, content] of eventFiles(nginxPart(configuration)))
      files.set(file, JSON.stringify(content));
    for (const [file, text] of files)
      if (former.get(file) !== text) replaceFile(join(this.#directory, file), text);
    // After the others: what a folder's file no longer says is read from the whole.
    for (const file of former.keys())
      if (!files.has(file)) rmSync(join(this.#directory, file), { force: true });
    this.#written.set(name, files);
  }

  /** The event is no more: requests of it are forwarded, and the origin decides. */
  remove(name: string): void {
    for (const file of this.#written.get(name)?.keys() ?? [])
      rmSync(join(this.#directory, file), { force: true });
    this.#written.delete(name);
  }
}
