/**
 * Memory of the functions in MB; Lambda gives CPU in proportion, one core at 1,769 MB. `headwater cost` counts with the
 * same numbers.
 */
export const MEMORY_MB = {
  /** A whole core: base64 and SHA-256 of some megabytes are on the way of every segment. */
  ingest: 1769,
  serve: 1024,
  streamProcessor: 512,
} as const;
