import type { Body } from '../origin/ports/segment-store';

/** A request as every runtime hands it in. Header names are lower-case; repeated ones are joined by `, `. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute path, not decoded: our names need no percent-encoding. */
  readonly path: string;
  /** Query parameters; of a repeated one the last value. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Whole body; absent when there is none. */
  readonly body?: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  /** Names as they are sent. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Text is sent as UTF-8. Runtimes set Content-Length for text and for bytes in memory; where the body is a stream,
   * or left out on purpose (HEAD), `headers` has it.
   */
  readonly body?: Body | string;
}
