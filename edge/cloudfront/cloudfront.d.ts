/** CloudFront Functions, runtime cloudfront-js-2.0: its one module, as far as we use it. */
declare module 'cloudfront' {
  interface KeyValueStoreHandle {
    /** Rejects for a key that is not there. */
    get(key: string): Promise<string>;
  }
  const cloudfront: { kvs(): KeyValueStoreHandle };
  export default cloudfront;
}
