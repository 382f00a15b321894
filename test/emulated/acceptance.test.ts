import { adoptionSuite } from '../acceptance/adoption.suite';
import type { Deployment } from '../acceptance/deployment';
import { failoverSuite } from '../acceptance/failover.suite';
import { noticesSuite } from '../acceptance/notices.suite';
import { publishSuite } from '../acceptance/publish.suite';
import { serveSuite } from '../acceptance/serve.suite';
import { deployed } from './deployed';

// The suites of the embedded run, from outside, on what was deployed. What is about sockets (transport.suite) and about
// the embedded run's own edge (edge.suite) has nothing to say here.
describe('the origin on AWS, emulated', () => {
  const deployment = (): Deployment => {
    const { regions, controlUrl, operatorToken } = deployed();
    return {
      regions: regions.map(({ region, publishUrl, serveUrl }) => ({
        name: region,
        publishUrl,
        serveUrl,
        controlUrl,
      })),
      token: operatorToken,
    };
  };

  publishSuite(deployment);
  serveSuite(deployment);
  failoverSuite(deployment);
  noticesSuite(deployment);
  adoptionSuite(deployment);
});
