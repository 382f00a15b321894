import { startHeadwater, type Headwater } from '../../embedded';
import { temporaryDirectory } from '../support/temporary-directory';
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
    headwater = await startHeadwater({
      dataDirectory: temporaryDirectory(),
      edgePort: 0,
      regions: [
        { name: 'us-east-1', port: 0 },
        { name: 'us-west-2', port: 0 },
      ],
      demo: false,
      writeLog: () => undefined,
    });
  });
  afterAll(() => headwater.stop());

  const deployment = (): Deployment => ({
    regions: headwater.regions.map(({ name, url }) => ({
      name,
      publishUrl: url,
      serveUrl: url,
      controlUrl: url,
    })),
    token: headwater.controlToken,
  });

  publishSuite(deployment);
  transportSuite(deployment);
  serveSuite(deployment);
  failoverSuite(deployment);
  noticesSuite(deployment);
  adoptionSuite(deployment);
  edgeSuite(deployment, () => headwater);
  stormSuite(deployment, () => headwater);
});
