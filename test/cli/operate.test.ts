import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headwater } from '../support/command-line';
import {
  EVENT,
  newestNumber,
  startOperatedEvent,
  TRACK,
  type OperatedEvent,
} from '../support/operated-event';
import { temporaryDirectory } from '../support/temporary-directory';

const SENT = 10;

/** The commands of operators against an embedded run whose event has ten segments of pipeline a, and eight of b. */
describe('an operator', () => {
  let operated: OperatedEvent;
  let directory: string;
  const first = newestNumber() - SENT;
  const last = first + SENT - 1;

  beforeAll(async () => {
    directory = temporaryDirectory();
    operated = await startOperatedEvent(directory, { first, sent: { a: SENT, b: SENT - 2 } });
  });
  afterAll(() => operated.stop());

  const [from, to] = [`${first}`, `${last}`];

  describe('looks', () => {
    it.each([
      ['the events of a tenant', ['event', 'list', 'acme'], /^acme\/final {2}live +a,b +1 /m],
      ['a tenant without events', ['event', 'list', 'nobody'], /^Tenant nobody has no events/],
      ['an event', ['event', 'get', EVENT], /^window +3600 s$/m],
      ['its history', ['event', 'history', EVENT, '--limit', '5'], /^\S+Z +operator +credential/m],
      ['a page of it', ['event', 'history', EVENT, '--limit', '1'], /^More: --before '/m],
      ['health', ['health', EVENT], /^v720 +a +\w+ +10 +0 +0 /m],
      ['no masks', ['mask', 'list', EVENT], /^No mask is in force/],
      ['no preferences', ['prefer', 'list', EVENT], /^No preference is in force/],
      ['no notices', ['notice', 'list', EVENT], /^No notice is in force/],
      ['no invalidations', ['invalidate', 'list', EVENT], /^Nothing was invalidated/],
      ['who sent what', ['timeline', EVENT, '--to', to, '--last', '10'], /^v720 +a +C{10}\n +b +c{8}[.m]*$/m],
      [
        'why, by the URL of a player',
        ['explain', `https://cdn.example/live/${EVENT}/${TRACK}/${to}.m4s?x=1`],
        /^a +SERVED +one +clean +\d+ /m,
      ],
      ['why of an init', ['explain', `${EVENT}/${TRACK}/init.mp4`], /version 1, from pipeline a/],
      ['why of nothing', ['explain', `${EVENT}/nothing`], /^404, no template/],
    ])('at %s', async (_, argv, wanted) => {
      const { code, out, err } = await headwater(...argv);
      expect([code, err, out]).toEqual([0, '', expect.stringMatching(wanted)]);
    });

    it.each([
      ['event', 'list', 'acme'],
      ['event', 'get', EVENT],
      ['event', 'history', EVENT],
      ['health', EVENT],
      ['mask', 'list', EVENT],
      ['prefer', 'list', EVENT],
      ['notice', 'list', EVENT],
      ['invalidate', 'list', EVENT],
      ['timeline', EVENT],
      ['explain', `${EVENT}/${TRACK}/${to}.m4s`],
      ['token', 'list'],
    ])('%s %s with --json: one value for programs', async (...argv) => {
      const { code, out } = await headwater(...argv, '--json');
      expect([code, typeof JSON.parse(out)]).toEqual([0, 'object']);
    });
  });

  describe('changes', () => {
    it('nothing by a preview, which says what viewers lose and ends with 3', async () => {
      const mask = ['mask', 'add', EVENT, 'a', '--from', from, '--to', to];
      const seen = await headwater(...mask, '--preview');
      expect(seen).toMatchObject({
        code: 3,
        out: expect.stringContaining('Changes 10 segments: 8 to b, 2 to nothing.') as string,
        err: expect.stringContaining('--force') as string,
      });
      const refused = await headwater(...mask);
      expect([refused.code, refused.out]).toEqual([3, '']);
      expect(refused.err).toMatch(/8 to b, 2 to nothing.*\n +--force does it all the same\.\n$/);
      expect((await headwater('mask', 'list', EVENT)).out).toContain('No mask');
      expect((await headwater(...mask, '--preview', '--force')).code).toBe(0);
    });

    it.each([
      [
        ['mask', 'add', EVENT, 'a', '--from', from, '--to', to, '--force', '--reason', 'eingefroren, müde'],
        `Done: mask pipeline a segments ${from} to ${to}.\n`,
        ['mask', 'list', EVENT],
        'eingefroren, müde',
      ],
      [
        ['prefer', EVENT, 'b', '--from', from, '--reason', 'serviced'],
        `Done: prefer b from segment ${from} on.\nChanges 8 segments: 8 to b.\n`,
        ['prefer', 'list', EVENT],
        'serviced',
      ],
      [
        [
          'notice',
          'add',
          EVENT,
          'ad-break',
          'seconds=30',
          'live=true',
          'text=a=b',
          '--id',
          '17',
          '--from',
          to,
        ],
        'Done: tell notice ad-break 17.\n',
        ['notice', 'list', EVENT],
        'seconds=30 live=true text=a=b',
      ],
    ])(
      '%j, is told when it acts and how it is taken back, and takes it back',
      async (argv, done, list, held) => {
        const { code, out } = await headwater(...argv);
        expect([code, out]).toEqual([0, expect.stringContaining(done)]);
        expect(out).toContain('Every origin acts by it within 2 s. Slower:\n');
        expect((await headwater(...list)).out).toContain(held);
        const undo = /^Undo: headwater (.*)$/m.exec(out)?.[1]?.split(' ') ?? [];
        expect(await headwater(...undo)).toMatchObject({ code: 0, err: '' });
        expect((await headwater(...list)).out).not.toContain(held);
      },
    );

    it.each([
      [
        ['--from', from, '--to', to, '--pipeline', 'a', '--region', 'one', '--representation', TRACK],
        `forget segments ${from} to ${to} of v720 from pipeline a as served by one.`,
      ],
      [['--all', '--reason', 'rehearsal'], 'forget the whole event.'],
    ])('what caches hold: %j', async (argv, wanted) => {
      const { code, out } = await headwater('invalidate', EVENT, ...argv);
      expect([code, out]).toEqual([0, expect.stringContaining(wanted)]);
      expect(out).not.toContain('Undo');
    });

    it('from the live edge of the deployment', async () => {
      const { out } = await headwater(
        'mask',
        'add',
        EVENT,
        'b',
        '--from',
        'live-3',
        '--to',
        'live',
        '--json',
      );
      const { fromSegment, toSegment, id } = JSON.parse(out) as Record<string, number>;
      expect((toSegment ?? 0) - (fromSegment ?? 0)).toBe(3);
      expect(toSegment).toBeGreaterThan(last);
      await headwater('mask', 'remove', EVENT, `${id}`);
    });

    it('a configuration that was read before, and not one that others have changed since', async () => {
      const file = join(directory, 'changed.json');
      const { out, err } = await headwater('event', 'get', EVENT, '--configuration');
      const etag = /--if-match '([^']*)'/.exec(err)?.[1] ?? '';
      writeFileSync(
        file,
        out.replace('"timeShiftBufferDepthSeconds": 3600', '"timeShiftBufferDepthSeconds": 3599'),
      );
      expect((await headwater('event', 'put', EVENT, file, '--preview')).code).toBe(0);
      expect((await headwater('event', 'put', EVENT, file, '--if-match', etag)).code).toBe(0);
      expect(await headwater('event', 'put', EVENT, file, '--if-match', etag)).toMatchObject({
        code: 1,
        err: expect.stringContaining('Changed meanwhile (412)') as string,
      });
      expect((await headwater('event', 'put', EVENT, file, '--new')).err).toContain('(412)');
    });

    it('an event to its end; a live one is deleted by force alone', async () => {
      const file = join(directory, 'event.json');
      await headwater('event', 'put', 'acme/short', file, '--new');
      expect(await headwater('event', 'delete', 'acme/short')).toMatchObject({
        code: 3,
        err: expect.stringContaining('acme/short is live') as string,
      });
      const ended = await headwater('event', 'end', 'acme/short', '--at', to, '--reason', 'over');
      expect([ended.code, ended.out]).toEqual([0, expect.stringContaining(`at segment ${to}`)]);
      expect((await headwater('event', 'delete', 'acme/short', '--reason', 'tidied')).code).toBe(0);
      expect((await headwater('event', 'get', 'acme/short')).err).toContain('Unknown event (404)');
      expect((await headwater('event', 'history', 'acme/short')).out).toMatch(/deleted +"tidied"/);
    });

    it('a secret, alone on standard output, and the former one is refused', async () => {
      const former = (await headwater('pipeline', 'credential', EVENT, 'b')).out.trim();
      const { out, err } = await headwater('pipeline', 'credential', EVENT, 'b', '--overlap', '0');
      expect(out).toMatch(/^[\w-]{20,}\n$/);
      expect(err).not.toContain(out.trim());
      expect(await operated.put(former, last)).toBe(401);
      expect(await operated.put(out.trim(), last)).toBe(201);
    });
  });

  describe('is told what is wrong', () => {
    it.each([
      ['an event that is none', ['mask', 'list', 'acme'], 2, 'Wanted TENANT/EVENT'],
      ['a segment that is none', ['mask', 'add', EVENT, 'a', '--from', 'now'], 2, 'live-30'],
      ['a pipeline that is none', ['mask', 'add', EVENT, 'a/b'], 2, 'Wanted the name of a pipeline'],
      ['an unknown pipeline', ['mask', 'add', EVENT, 'z'], 1, 'pipeline: wanted one of a, b, got z'],
      ['an unknown event', ['health', 'acme/nope'], 1, 'Unknown event (404)'],
      ['an unknown mask', ['mask', 'remove', EVENT, 'nope'], 1, 'Not in force (404)'],
      [
        'an unknown representation',
        ['timeline', EVENT, '--representation', 'z'],
        1,
        'wanted one of v720, got z',
      ],
      ['no range', ['invalidate', EVENT], 2, 'wanted --from and --to, or --all'],
      ['a range and all', ['invalidate', EVENT, '--all', '--from', '1'], 2, 'nothing beside it'],
      ['no data of a notice', ['notice', 'add', EVENT, 'slate', 'text'], 2, 'Wanted NAME=VALUE'],
      ['a URL of no event', ['explain', 'https://cdn.example/x'], 2, 'Wanted a URL of an event'],
      [
        'a file that is none',
        ['event', 'put', EVENT, '/nowhere.json'],
        1,
        '/nowhere.json: wanted a file of JSON',
      ],
      [
        'a reason that no header takes',
        ['event', 'end', EVENT, '--reason', 'x'.repeat(600)],
        1,
        'reason: wanted',
      ],
      ['nobody there', ['health', EVENT, '--control', 'http://127.0.0.1:9'], 1, 'nothing listens there'],
      ['a URL that is none', ['health', EVENT, '--control', 'nowhere'], 2, 'Wanted a URL'],
      ['half a command', ['mask'], 2, 'Usage: headwater mask'],
      ['an option that is none', ['mask', 'add', EVENT, 'a', '--prevue'], 2, 'Did you mean --preview?'],
    ])('with %s', async (_, argv, code, wanted) => {
      const told = await headwater(...argv);
      expect([told.code, told.err]).toEqual([code, expect.stringContaining(wanted)]);
      expect(told.err).not.toMatch(/^ {4}at /m);
    });

    it('with a token that is refused: where tokens come from', async () => {
      const file = join(directory, 'wrong-token');
      writeFileSync(file, 'wrong');
      const { code, err } = await headwater('health', EVENT, '--control-token-file', file);
      expect([code, err]).toEqual([1, expect.stringMatching(/\(401\)[^]*HEADWATER_CONTROL_TOKEN/)]);
    });
  });
});
