import { join } from 'node:path';

/** How lambdas/ become bundles: one file of ES modules with the SDK that the lock file names. */
export const BUNDLING = {
  target: 'node24',
  minify: true,
  /** What a function never needs of the SDK, and what takes its place. */
  alias: {
    '@aws-sdk/credential-provider-node': join(__dirname, '..', 'lambdas', 'environment-credentials.ts'),
  },
  mainFields: ['module', 'main'],
  // ES modules have no `require`, which some of the SDK's CommonJS parts call at run time.
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
} as const;
