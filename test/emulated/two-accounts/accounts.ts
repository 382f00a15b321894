import deployment from '../../../headwater.config';
import type { DeploymentConfig } from '../../../lib/deployment';

/** What is deployed for all tests is in the one, and serve once more in the other: to the emulator, a key of 12 digits. */
const ACCOUNT = '000000000000';
export const SERVE_ACCOUNT = '222222222222';

export const TWO_ACCOUNTS: DeploymentConfig = {
  ...deployment,
  account: ACCOUNT,
  serveAccount: SERVE_ACCOUNT,
};

export const roleName = (region: string) => `${deployment.name}-serve-${region}`;

/** Tells serve-app.ts the digest of the edge credential, which another stack's outputs would. */
export const EDGE_DIGEST = 'HEADWATER_EMULATED_EDGE_DIGEST';
/** And where serve of each region finds DynamoDB: URLs by region, as JSON. */
export const TABLE_BRIDGES = 'HEADWATER_EMULATED_TABLE_BRIDGES';
