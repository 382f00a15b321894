import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { EventFiles, eventFiles } from '../../../edge/agent/event-files';
import { guard } from '../../../edge/guard/guard';
import { eventFileOf, folderFileOf } from '../../../edge/nginx/event-file';
import { edgeConfigurationOf, type EdgeConfiguration } from '../../../origin/events/edge-configuration';
import { dueMs } from '../../../origin/schedule/schedule';
import { liveEvent } from '../../support/live-event';

const event = liveEvent({ initialSegmentNumber: 0 });
const configuration = edgeConfigurationOf(event);

describe('the files of an event', () => {
  it('say of every path what the whole configuration says', () => {
    const prefixes = ['v720/', 'v720/x/', 'a128/', 'flat-', '', 'v720/7'];
    const suffixes = ['.m4s', '/seg.m4s', '-x/y.m4s'];
    const anyRepresentation = fc.record({
      id: fc.constantFrom('v720', 'a128', 'c'),
      initialization: fc.constantFrom('v720/init.mp4', 'init.mp4', 'v720/7/init.mp4', 'a128/i.mp4'),
      media: fc.record({
        prefix: fc.constantFrom(...prefixes),
        suffix: fc.constantFrom(...suffixes),
        width: fc.constantFrom(1, 3),
      }),
    });
    const anyName = fc
      .tuple(
        fc.constantFrom(...prefixes, 'packager/a/'),
        fc.nat({ max: 60 }),
        fc.constantFrom(...suffixes, 'init.mp4'),
      )
      .map(([prefix, number, suffix]) => `${prefix}${number}${suffix}`);
    fc.assert(
      fc.property(
        fc.array(anyRepresentation, { minLength: 1, maxLength: 4 }),
        anyName,
        (representations, name) => {
          const whole: EdgeConfiguration = { ...configuration, representations };
          const path = `/live/acme/final/${name}`;
          const nowMs = dueMs(event.schedule, 50);
          const files = eventFiles(whole);
          const read = files.get(folderFileOf(path)) ?? files.get(eventFileOf('acme/final'));
          expect(read && guard(path, read, nowMs)).toEqual(guard(path, whole, nowMs));
        },
      ),
      { numRuns: 1000 },
    );
  });

  describe('on a disk', () => {
    let directory = '';
    beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'headwater-files-'))));
    afterEach(() => rmSync(directory, { recursive: true }));
    const content = (file: string) =>
      JSON.parse(readFileSync(join(directory, file), 'utf8')) as EdgeConfiguration;

    it('are replaced whole, and those of a former run with them', () => {
      new EventFiles(directory).write('acme/final', configuration);
      expect(readdirSync(directory).sort()).toEqual([
        'acme@final.json',
        'acme@final@a128.json',
        'acme@final@v720.json',
      ]);
      expect(content('acme@final@v720.json').representations.map(({ id }) => id)).toEqual(['v720']);
      const later = new EventFiles(directory);
      expect(later.names).toEqual(['acme/final']);
      const representations = configuration.representations.filter(({ id }) => id === 'v720');
      later.write('acme/final', { ...configuration, version: 9, representations });
      expect(readdirSync(directory).sort()).toEqual(['acme@final.json', 'acme@final@v720.json']);
      expect(content('acme@final@v720.json').version).toBe(9);
      later.remove('acme/final');
      expect(readdirSync(directory)).toEqual([]);
    });
  });
});
