import type { Headwater } from '../../embedded';
import { deploymentOf, embeddedRun } from '../support/embedded-run';
import { adoptionSuite } from './adoption.suite';
import type { Deployment } from './deployment';
import { edgeSuite } from './edge.suite';
import { failoverSuite } from './failover.suite';
import { noticesSuite } from './notices.suite';
import { publishSuite } from './publish.suite';
import { serveSuite } from './serve.suite';
import { stormSuite } from './storm.suite';
import { transportSuite } from './transport.suite';

describe('the embedded origin', () => {
  let headwater: Headwater;
  beforeAll(async () => {
    headwater = await embeddedRun();
  });

  const deployment = (): Deployment => deploymentOf(headwater);

  publishSuite(deployment);
  transportSuite(deployment);
  serveSuite(deployment);
  failoverSuite(deployment);
  noticesSuite(deployment);
  adoptionSuite(deployment);
  edgeSuite(deployment, () => headwater);
  stormSuite(deployment, () => headwater);
});
