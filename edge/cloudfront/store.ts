import cloudfront from 'cloudfront';

const store = cloudfront.kvs();

/** @returns undefined for a key that is not there, and while the store fails: the function forwards, the origin decides. */
export async function valueOf(key: string): Promise<string | undefined> {
  try {
    return await store.get(key);
  } catch {
    return undefined;
  }
}
