import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectInit } from '../../../origin/media/inspect-init';
import { inspectSegment } from '../../../origin/media/inspect-segment';
import { nodeDigester } from '../../../stores/node-digester';

const ASSET = join(__dirname, '../../../demo/asset');

describe('inspection leaves the bytes as the packager sent them', () => {
  // Runtimes hand in Buffers, whose `slice` is a view where that of a Uint8Array is a copy.
  it.each(['v720', 'v360', 'a128'])('%s: init and segment', (representation) => {
    const init = readFileSync(join(ASSET, representation, 'init.mp4'));
    const segment = readFileSync(join(ASSET, representation, '0.m4s'));
    const before = [Buffer.from(init), Buffer.from(segment)];
    const inspected = inspectInit(init, nodeDigester);
    if (inspected.kind === 'defective') throw new Error(JSON.stringify(inspected.defects));
    inspectSegment(segment, inspected.init, nodeDigester);
    expect([init, segment]).toEqual(before);
  });
});
