import type { DeploymentConfig } from './lib/deployment';

/** What `cdk deploy --all` builds: see `DeploymentConfig` for every choice. The first region is home. */
const deployment: DeploymentConfig = {
  name: 'headwater',
  regions: ['us-east-1', 'us-west-2'],
};

export default deployment;
