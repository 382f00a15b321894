import {
  type CloudFrontKeyValueStoreClient,
  ConflictException,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  paginateListKeys,
  ResourceNotFoundException,
  UpdateKeysCommand,
  ValidationException,
} from '@aws-sdk/client-cloudfront-keyvaluestore';

/** Keys of one {@link EdgeKeyValues.update}, and bytes: CloudFront's 3 MB are never met with values of 1 KB. */
export const UPDATE_KEYS_MAX = 50;

/**
 * What CDN functions read. The whole store has one revision: whoever takes it first, then reads, then writes under it
 * has changed nothing that somebody else wrote meanwhile.
 */
export interface EdgeKeyValues {
  revision(): Promise<string>;
  get(key: string): Promise<string | undefined>;
  /** Everything. */
  list(): Promise<ReadonlyMap<string, string>>;
  /**
   * Writes and removes all or nothing, {@link UPDATE_KEYS_MAX} keys at most.
   * @returns the next revision, or 'conflict' when the store is not at `revision` any more.
   */
  update(revision: string, puts: ReadonlyMap<string, string>, deletes: readonly string[]): Promise<string>;
}

export const CONFLICT = 'conflict';

/** CloudFront's KeyValueStore. Its API takes requests that are signed for all regions (SigV4A). */
export function cloudFrontKeyValues(client: CloudFrontKeyValueStoreClient, KvsARN: string): EdgeKeyValues {
  return {
    async revision() {
      return etagOf(await client.send(new DescribeKeyValueStoreCommand({ KvsARN })));
    },

    async get(Key) {
      try {
        return (await client.send(new GetKeyCommand({ KvsARN, Key }))).Value;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    async list() {
      const found = new Map<string, string>();
      for await (const { Items = [] } of paginateListKeys({ client, pageSize: 50 }, { KvsARN }))
        for (const { Key, Value } of Items)
          if (Key !== undefined && Value !== undefined) found.set(Key, Value);
      return found;
    },

    async update(IfMatch, puts, deletes) {
      const Puts = [...puts].map(([Key, Value]) => ({ Key, Value }));
      const Deletes = deletes.map((Key) => ({ Key }));
      try {
        return etagOf(await client.send(new UpdateKeysCommand({ KvsARN, IfMatch, Puts, Deletes })));
      } catch (error) {
        if (isConflict(error)) return CONFLICT;
        throw error;
      }
    },
  };
}

/** An ETag of the past is answered by either; the message of the second tells it from other mistakes. */
function isConflict(error: unknown): boolean {
  if (error instanceof ConflictException) return true;
  return error instanceof ValidationException && /if-match|etag|pre-?condition/i.test(error.message);
}

function etagOf({ ETag }: { readonly ETag: string | undefined }): string {
  if (ETag === undefined) throw new Error('KeyValueStore: wanted an ETag, got none');
  return ETag;
}
