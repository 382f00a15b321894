/** What we use of njs 0.7 (https://nginx.org/en/docs/njs/reference.html). */
interface NjsRequest {
  readonly method: string;
  readonly args: Readonly<Record<string, string | readonly string[]>>;
  readonly headersOut: Record<string, string>;
  readonly variables: Record<string, string | undefined>;
  return(status: number, body?: string): void;
  internalRedirect(location: string): void;
}
