import { paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectTaggingCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import deployment from '../../headwater.config';
import { dynamoDbClient, s3Client } from '../../stores/aws/clients';
import {
  HEAD_SORT_KEY,
  RETENTION_TAG,
  SEGMENTS_PREFIX,
  SORT_KEY,
  TTL_ATTRIBUTE,
} from '../../stores/aws/schema';
import { until } from '../acceptance/deployment';
import { bucketOf } from './deploy';
import { deployed, type DeployedRegion } from './deployed';
import {
  control,
  createEvent,
  freshNumber,
  get,
  type LiveEventUnderTest,
  mediaName,
  put,
  segment,
} from './live-event';

const [home, away] = deployed().regions as [DeployedRegion, DeployedRegion];
const NAME = `life-${Date.now().toString(36)}`;
const PATH = `/control/v1/tenants/acme/events/${NAME}`;

/** The parts of an event's life, in order: each begins where the one before ended. */
describe('an event, from its making to its deletion', () => {
  let event: LiveEventUnderTest;
  const last = freshNumber();

  it('is made and rehearsed: what is published is served in every region', async () => {
    event = await createEvent(NAME, { initialSegmentNumber: last - 1 });
    for (const number of [last - 1, last]) {
      expect((await put(home, event, 'a', mediaName(number), segment(number))).status).toBe(201);
      expect((await put(away, event, 'b', mediaName(number), segment(number))).status).toBe(201);
    }
    expect((await get(home, event, mediaName(last))).status).toBe(200);
    expect(await (await get(home, event, 'manifest.mpd')).text()).toContain('type="dynamic"');
  });

  it('ends: manifests tell the end, nothing is taken beyond the final segment, what is there stays', async () => {
    expect((await control('POST', `${PATH}/end`, { finalSegment: last })).status).toBeLessThan(300);
    for (const region of [home, away]) {
      await until(async () => (await textOf(region, 'manifest.mpd')).includes('mediaPresentationDuration='));
      await until(async () => (await textOf(region, 'v360/media.m3u8')).includes('#EXT-X-ENDLIST'));
      expect((await get(region, event, mediaName(last))).status).toBe(200);
    }
    await until(async () => {
      const { headers } = await put(home, event, 'a', mediaName(last + 1), segment(last + 1));
      return headers.get('headwater-ignored') === 'after-final';
    });
  });

  it('is deleted: nothing of it answers, in no region, and its credentials are refused', async () => {
    expect((await control('DELETE', PATH)).status).toBeLessThan(300);
    for (const region of [home, away])
      for (const name of [mediaName(last), 'v360/init.mp4', 'manifest.mpd', 'v360/media.m3u8'])
        await until(async () => (await get(region, event, name)).status === 404);
    for (const region of [home, away])
      await until(async () => {
        const { status } = await put(region, event, 'a', mediaName(last), segment(last));
        return status === 401 || status === 403 || status === 404;
      });
    expect((await control('GET', PATH)).status).toBe(404);
    expect(await (await control('GET', '/control/v1/tenants/acme/events')).text()).not.toContain(NAME);
  });

  it('leaves what expires by itself: each segment tagged for a lifecycle rule, each candidate with a time to live', async () => {
    for (const { region } of [home, away]) {
      const candidates = await itemsOf(region, `${deployment.name}-candidates`);
      expect(candidates.length).toBeGreaterThan(0);
      for (const item of candidates) expect(item).toHaveProperty(TTL_ATTRIBUTE);
      const tags = await retentionTagsOf(region);
      expect(tags.length).toBeGreaterThan(0);
      for (const tag of tags) expect(tag).toMatch(/^\d+$/);
    }
  });

  it('leaves of its record what a new event of the same name needs: its version, which caches must not meet again', async () => {
    const left = (await itemsOf(home.region, `${deployment.name}-events`)).filter(
      (item) => item[TTL_ATTRIBUTE] === undefined,
    );
    expect(left.map((item) => item[SORT_KEY]?.S)).toContain(HEAD_SORT_KEY);
    expect((await control('GET', PATH)).status).toBe(404);
  });

  const textOf = async (region: DeployedRegion, name: string) => (await get(region, event, name)).text();
});

/** Items of a table that name the event in their key. */
async function itemsOf(region: string, TableName: string) {
  const client = dynamoDbClient(region);
  const items = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName }))
    items.push(...Items.filter((item) => JSON.stringify(item).includes(NAME)));
  client.destroy();
  return items;
}

async function retentionTagsOf(region: string): Promise<readonly (string | undefined)[]> {
  const client = s3Client(region);
  const Bucket = bucketOf(region);
  const tags = [];
  const pages = paginateListObjectsV2({ client }, { Bucket, Prefix: `${SEGMENTS_PREFIX}acme/${NAME}/` });
  for await (const { Contents = [] } of pages)
    for (const { Key } of Contents) {
      const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key }));
      tags.push(TagSet.find((tag) => tag.Key === RETENTION_TAG)?.Value);
    }
  client.destroy();
  return tags;
}
