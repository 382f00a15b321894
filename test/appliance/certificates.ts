import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As node's servers take it: with every authority between it and the root. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly keyFile: string;
  /** What `cert` is. */
  readonly chainFile: string;
  /** Its beginning alone. */
  readonly leafFile: string;
}

const SIGNS = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];

/** A certificate authority with one intermediate, made by openssl for a test, good for two days. */
export class Authority {
  readonly #folder: string;
  #issued = 0;

  /** @param folder an empty directory, for keys of no value */
  constructor(folder: string) {
    this.#folder = folder;
    this.#make('root', [], SIGNS);
    this.#make('intermediate', this.#signedBy('root'), SIGNS);
  }

  /** The root: what whoever trusts this authority has. */
  get rootFile(): string {
    return this.#file('root.pem');
  }

  /** @param host the one name that it is good for */
  issue(host: string): Certificate {
    const name = `issued-${(this.#issued += 1)}`;
    this.#make(name, this.#signedBy('intermediate'), [
      'basicConstraints=CA:FALSE',
      `subjectAltName=DNS:${host}`,
    ]);
    const [keyFile, leafFile] = [this.#file(`${name}.key`), this.#file(`${name}.pem`)];
    const chainFile = this.#file(`${name}-chain.pem`);
    const chain = [leafFile, this.#file('intermediate.pem')].map((file) => readFileSync(file));
    writeFileSync(chainFile, Buffer.concat(chain));
    return { key: readFileSync(keyFile), cert: readFileSync(chainFile), keyFile, chainFile, leafFile };
  }

  #signedBy(name: string): readonly string[] {
    return ['-CA', this.#file(`${name}.pem`), '-CAkey', this.#file(`${name}.key`)];
  }

  #make(name: string, signed: readonly string[], extensions: readonly string[]): void {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const files = ['-keyout', this.#file(`${name}.key`), '-out', this.#file(`${name}.pem`)];
    const added = extensions.flatMap((extension) => ['-addext', extension]);
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        ...key,
        ...files,
        ...signed,
        '-days',
        '2',
        '-subj',
        `/CN=Headwater test ${name}`,
        ...added,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}
