/** Environment variable by which run.ts tells the tests what it deployed: a {@link Deployed} as JSON. */
export const DEPLOYED = 'HEADWATER_EMULATED';

/** One region of the deployment as its clients see it. URLs end before `/live`. */
export interface DeployedRegion {
  readonly region: string;
  readonly publishUrl: string;
  /** With the edge credential, as the CDN asks. */
  readonly serveUrl: string;
  /** Without it. */
  readonly bareServeUrl: string;
}

export interface Deployed {
  /** Home first. */
  readonly regions: readonly DeployedRegion[];
  /** Ends before `/control`. */
  readonly controlUrl: string;
  readonly operatorToken: string;
}

/** @throws Error when a test is run without run.ts. */
export function deployed(): Deployed {
  const value = process.env[DEPLOYED];
  if (value === undefined) throw new Error('start these tests with npm run test:emulated');
  return JSON.parse(value) as Deployed;
}
