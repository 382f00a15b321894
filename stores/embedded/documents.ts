import { readFile } from 'node:fs/promises';
import type { EventKey } from '../../origin/candidate';
import { NAME_PATTERN } from '../../origin/events/name-pattern';
import type { Clock } from '../../origin/ports/clock';
import type { Digester } from '../../origin/ports/digester';
import type { Document, DocumentStore } from '../../origin/ports/segment-store';
import type { RegionFiles } from './region-files';

/** What a document's file says before its bytes, as one line of JSON. */
interface Header extends Omit<Document, 'bytes'> {
  readonly path: string;
}

const LINE_END = 0x0a;

/** Documents of one region: a file each, named by the digest of its path and replaced as a whole. */
export class EmbeddedDocuments implements DocumentStore {
  readonly #files: RegionFiles;
  readonly #clock: Clock;
  readonly #digester: Digester;

  constructor(files: RegionFiles, clock: Clock, digester: Digester) {
    this.#files = files;
    this.#clock = clock;
    this.#digester = digester;
  }

  async write(event: EventKey, path: string, document: Document): Promise<void> {
    const { bytes, contentType, publishedAtMs, expiresAtMs } = document;
    const header: Header = { path, contentType, publishedAtMs, expiresAtMs };
    const line = Buffer.from(`${JSON.stringify(header)}\n`);
    await this.#files.write(this.#fileOf(event, path), [line, bytes], expiresAtMs);
  }

  async read(event: EventKey, path: string): Promise<Document | undefined> {
    const content = await readIfThere(this.#files.absolute(this.#fileOf(event, path)));
    if (content === undefined) return undefined;
    const headerEnd = content.indexOf(LINE_END);
    const { contentType, publishedAtMs, expiresAtMs } = JSON.parse(
      content.toString('utf8', 0, headerEnd),
    ) as Header;
    if (expiresAtMs <= this.#clock.nowMs()) return undefined;
    return { bytes: content.subarray(headerEnd + 1), contentType, publishedAtMs, expiresAtMs };
  }

  #fileOf({ tenant, event }: EventKey, path: string): string {
    for (const name of [tenant, event])
      if (!NAME_PATTERN.test(name)) throw new RangeError(`event: wanted names, got ${JSON.stringify(name)}`);
    return `documents/${tenant}/${event}/${this.#digester.sha256Hex(path)}`;
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
