import { RecentBytes } from '../../origin/serve/recent-bytes';
import {
  openEmbeddedEvents,
  openEmbeddedRegion,
  type Durability,
  type EmbeddedEventStores,
  type EmbeddedRegion,
} from '../../stores/embedded';
import type { UploadPlace } from '../../origin/ports/upload-store';
import { FakeClock } from '../support/fake-clock';
import { NOW_MS } from '../support/samples';
import { temporaryDirectory } from '../support/temporary-directory';
import { describeCandidateStore } from './candidate-store.contract';
import { describeCredentialStore } from './credential-store.contract';
import { describeDocumentStore } from './document-store.contract';
import { describeEventStore } from './event-store.contract';
import { describeOperatorTokenStore } from './operator-token-store.contract';
import { describeSegmentStore } from './segment-store.contract';
import { describeUploadStore } from './upload-store.contract';

const opened: (EmbeddedRegion | EmbeddedEventStores)[] = [];
afterEach(async () => {
  for (const stores of opened.splice(0)) await stores.close();
});

function region(durability: Durability, memoryBytes: number) {
  const clock = new FakeClock(NOW_MS);
  const directory = temporaryDirectory();
  const made = openEmbeddedRegion({
    directory,
    region: 'us-east-1',
    clock,
    durability,
    recent: new RecentBytes(memoryBytes),
  });
  opened.push(made);
  return { ...made, clock };
}

function events() {
  const clock = new FakeClock(NOW_MS);
  const made = openEmbeddedEvents({ directory: temporaryDirectory(), clock });
  opened.push(made);
  return { ...made, clock };
}

describe.each(['process', 'disk'] as const)('durability %s', (durability) => {
  describeCandidateStore('LMDB', async () => {
    const { candidates, clock } = region(durability, 0);
    return { store: candidates, clock };
  });
  describeSegmentStore('a directory of files', async () => region(durability, 0).segments);
  describeDocumentStore('a directory of files', async () => {
    const { documents, clock } = region(durability, 0);
    return { store: documents, clock };
  });
});

describeSegmentStore('memory before files', async () => region('process', 10_000_000).segments);

describeUploadStore('a directory of files', async () => {
  const { uploads, segments } = region('process', 0);
  const statuses = { stored: 200, 'there-already': 412, 'other-bytes': 400 } as const;
  const put = async ({ url }: UploadPlace, bytes: Uint8Array) => {
    const ticket = uploads.ticketOf(new URLSearchParams(url).get('ticket') ?? '');
    return ticket === undefined ? 403 : statuses[await uploads.receive(ticket, bytes)];
  };
  return { uploads, segments, put };
});

describeEventStore('LMDB', async () => {
  const { events: store, clock } = events();
  return { store, clock };
});
describeCredentialStore('LMDB', async () => events().credentials);
describeOperatorTokenStore('LMDB', async () => events().operatorTokens);
