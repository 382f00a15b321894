import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventJson, statusLines } from '../../cli/publish-text';
import { secretOf } from '../../cli/secret';
import type { PublisherEvent, PublisherStats } from '../../publisher';
import { headwater } from '../support/command-line';
import { temporaryDirectory } from '../support/temporary-directory';

const REGION = 'east.example';
const STATS: PublisherStats = {
  tracks: [
    {
      ...{ track: 'acme/final/v720', last: '1042', segments: 12, delayMs: 260 },
      ...{ defective: 1, lastDefects: ['short'] },
      regions: { [REGION]: { ok: 10, late: 1, refused: 1, lost: 0 } },
    },
  ],
  regions: [
    {
      ...{ region: REGION, backlogParcels: 2, backlogBytes: 1_500_000, spoolBytes: 500_000, liveBytes: 0 },
      lastTrouble: 'status 503 /live/acme/final/v720/1041.m4s',
    },
  ],
  torn: 1,
};

/** Both streams as one. */
async function said(...argv: string[]) {
  const { code, out, err } = await headwater(...argv);
  return { code, out: err + out };
}

describe('headwater publish', () => {
  it.each([
    [[], 2, '--to <url>'],
    [['--to', 'ftp://x'], 2, 'Wanted a URL'],
    [['--to', 'http://a:secret@x'], 2, 'Wanted no user or password'],
    [['--to', 'http://x', '--to', 'http://x'], 2, 'wanted URLs that differ'],
    [['--to', 'http://x', '--watch', '.'], 2, 'wanted --event too'],
    [['--to', 'http://x', '--event', 'only-one'], 2, 'Wanted TENANT/EVENT'],
    [['--to', 'http://x', '--secret-file', '/nowhere/secret'], 1, '--secret-file: ENOENT'],
    [['--to', 'http://x', '--budget', '0'], 2, 'Wanted a number above 0'],
  ])('%j says what is wrong with it', async (options, code, wanted) => {
    const { code: got, out } = await said('publish', ...options);
    expect([got, out]).toEqual([code, expect.stringContaining(wanted)]);
  });

  it('takes its secret from a file or the environment', () => {
    const file = join(temporaryDirectory(), 'secret');
    writeFileSync(file, 'from-a-file\n');
    expect(secretOf('HEADWATER_TEST_SECRET', '--secret-file', file)).toBe('from-a-file');
    process.env['HEADWATER_TEST_SECRET'] = 'from-the-environment';
    expect(secretOf('HEADWATER_TEST_SECRET', '--secret-file', undefined)).toBe('from-the-environment');
    delete process.env['HEADWATER_TEST_SECRET'];
    expect(() => secretOf('HEADWATER_TEST_SECRET', '--secret-file', undefined)).toThrow(
      'set HEADWATER_TEST_SECRET',
    );
  });

  it('draws a line for each track and for each region that had trouble', () => {
    expect(statusLines(STATS)).toEqual([
      'acme/final/v720  1042    0.26 s  12 segments  1 defective (short)  east.example ok 10 late 1 lost 0 refused 1',
      'east.example  2 to catch up (2.0 MB)  last trouble: status 503 /live/acme/final/v720/1041.m4s',
      '1 torn: the packager left before the body was whole',
    ]);
    expect(statusLines({ tracks: [], regions: [], torn: 0 })).toEqual(['waiting for the packager']);
  });

  it('writes what happens as lines of JSON', () => {
    const head = {
      kind: 'segment',
      ...{ path: '/live/acme/final/v720/1.m4s', track: 'acme/final/v720', headers: {} },
      ...{ digest: 'd', receivedAtMs: 5, sequence: 1, size: 9 },
    } as const;
    const event: PublisherEvent = {
      kind: 'outcome',
      head,
      region: REGION,
      outcome: { kind: 'refused', status: 409, detail: 'no' },
    };
    expect(eventJson(event).endsWith('\n')).toBe(true);
    expect(JSON.parse(eventJson(event))).toEqual({
      ...{ event: 'refused', region: REGION, path: head.path, track: head.track, size: 9, receivedAtMs: 5 },
      ...{ status: 409, detail: 'no' },
    });
  });
});

describe('headwater event from-mpd', () => {
  const FOLDER = join(__dirname, '..', 'fixtures', 'mpd');

  it('prints the configuration of an MPD beside its inits', async () => {
    const { code, out } = await said('event', 'from-mpd', join(FOLDER, 'shaka-number', 'manifest.mpd'));
    expect(code).toBe(0);
    expect(JSON.parse(out.slice(out.indexOf('{')))).toMatchObject({
      pipelines: ['a', 'b'],
      representations: [
        { id: 'v90', timescale: 12_800 },
        { id: 'a32', timescale: 48_000 },
      ],
    });
    expect(out).toContain('note: No segment of Representation 0 could be read');
  });

  it('finds a recent segment by the clock, and believes its time more than the MPD', async () => {
    const folder = temporaryDirectory();
    const live = join(FOLDER, 'ffmpeg-number-epoch');
    for (const name of readdirSync(live)) copyFileSync(join(live, name), join(folder, name));
    // Six segments are due, so number 5 is the newest but one.
    const started = new Date(Date.now() - 13_000).toISOString();
    const mpd = readFileSync(join(live, 'manifest.mpd'), 'utf8');
    writeFileSync(
      join(folder, 'manifest.mpd'),
      mpd.replace(/availabilityStartTime="[^"]*"/, `availabilityStartTime="${started}"`),
    );
    const { out } = await said('event', 'from-mpd', join(folder, 'manifest.mpd'));
    expect(out).not.toContain('could not be read');
    expect(out).toMatch(/"presentationTimeOffset": 2298\d{10}/);
  });

  it.each([
    [['/nowhere/manifest.mpd'], 'ENOENT'],
    [[join(FOLDER, 'shaka-number', 'a32', 'init.mp4')], 'makes no event'],
    [[join(FOLDER, 'shaka-number', 'manifest.mpd'), '--create', 'http://127.0.0.1:1'], 'wanted both or none'],
    [[join(FOLDER, 'shaka-number', 'manifest.mpd'), '--pipelines', 'a,'], 'names separated by commas'],
  ])('%# says what is wrong', async (argv, wanted) => {
    const { code, out } = await said('event', 'from-mpd', ...argv);
    expect(code).toBeGreaterThan(0);
    expect(out).toContain(wanted);
  });
});
