import { nodeDigester } from '../../stores/node-digester';
import { FakeClock } from '../support/fake-clock';
import { memoryEvents, memoryRegion } from '../support/memory-stores';
import { NOW_MS } from '../support/samples';
import { describeCandidateStore } from './candidate-store.contract';
import { describeCredentialStore } from './credential-store.contract';
import { describeDocumentStore } from './document-store.contract';
import { describeEventStore } from './event-store.contract';
import { describeOperatorTokenStore } from './operator-token-store.contract';
import { describeSegmentStore } from './segment-store.contract';
import { describeUploadStore } from './upload-store.contract';

/** The stores that tests of use cases use keep the same promises as those that run. */
function region() {
  const clock = new FakeClock(NOW_MS);
  return { ...memoryRegion('us-east-1', clock, nodeDigester), clock };
}

describeCandidateStore('a Map', async () => {
  const { candidates, clock } = region();
  return { store: candidates, clock };
});
describeSegmentStore('a Map', async () => region().segments);
describeUploadStore('a Map', async () => {
  const { uploads, segments } = region();
  return { uploads, segments, put: (place, bytes) => uploads.put(place, bytes) };
});
describeDocumentStore('a Map', async () => {
  const { documents, clock } = region();
  return { store: documents, clock };
});
describeEventStore('a Map', async () => {
  const clock = new FakeClock(NOW_MS);
  return { store: memoryEvents(clock).events, clock };
});
describeCredentialStore('a Map', async () => memoryEvents(new FakeClock(NOW_MS)).credentials);
describeOperatorTokenStore('a Map', async () => memoryEvents(new FakeClock(NOW_MS)).operatorTokens);
