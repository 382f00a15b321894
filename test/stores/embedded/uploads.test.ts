import { openEmbeddedRegion, type EmbeddedRegion } from '../../../stores/embedded';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleBytes, sampleRef } from '../../support/samples';
import { temporaryDirectory } from '../../support/temporary-directory';

const opened: EmbeddedRegion[] = [];
afterEach(async () => {
  for (const region of opened.splice(0)) await region.close();
});

const BYTES = sampleBytes('upload', 2000);
const LATER_MS = NOW_MS + 7_200_000;

function region() {
  const clock = new FakeClock(NOW_MS);
  const made = openEmbeddedRegion({ directory: temporaryDirectory(), region: 'us-east-1', clock });
  opened.push(made);
  return { ...made, clock };
}

async function ticketText({ uploads }: Pick<EmbeddedRegion, 'uploads'>) {
  const { url } = await uploads.offer(sampleRef(BYTES), LATER_MS);
  return new URLSearchParams(url).get('ticket')!;
}

describe('a ticket', () => {
  it('says what it was made for, for a minute', async () => {
    const made = region();
    const text = await ticketText(made);
    await made.clock.advance(59_999);
    expect(made.uploads.ticketOf(text)).toMatchObject({ ref: sampleRef(BYTES), expiresAtMs: LATER_MS });
    await made.clock.advance(1);
    expect(made.uploads.ticketOf(text)).toBeUndefined();
  });

  it.each([
    [
      'of another content',
      (text: string) => `${Buffer.from('{"untilMs":9e15}').toString('base64url')}.${text.split('.')[1]!}`,
    ],
    ['without a signature', (text: string) => text.split('.')[0]!],
    ['with half of one', (text: string) => text.slice(0, -20)],
    ['with more behind it', (text: string) => `${text}.x`],
    ['of nothing', () => ''],
    ['of a megabyte', () => 'x'.repeat(1_000_000)],
  ])('is refused %s', async (_, change) => {
    const made = region();
    expect(made.uploads.ticketOf(change(await ticketText(made)))).toBeUndefined();
  });

  it('of another region, or of the process before, is none', async () => {
    expect(region().uploads.ticketOf(await ticketText(region()))).toBeUndefined();
  });
});

it('what was uploaded and never completed goes with the time that it was to be kept', async () => {
  const made = region();
  const ticket = made.uploads.ticketOf(await ticketText(made))!;
  expect(await made.uploads.receive(ticket, BYTES)).toBe('stored');
  expect(await made.uploads.find(sampleRef(BYTES))).toMatchObject({ size: 2000, storedAtMs: NOW_MS });
  await made.clock.advanceTo(LATER_MS + 3_600_000);
  expect(await made.retention.sweep()).toMatchObject({ files: 1, bytes: 2000 });
  expect(await made.uploads.find(sampleRef(BYTES))).toBeUndefined();
});
