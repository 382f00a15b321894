import { inspectInit } from '../../../origin/media/inspect-init';
import { nodeDigester } from '../../../stores/node-digester';
import { box, initOf } from '../../support/boxes';

/** Sample entries say 2 channels whatever is in them, as ffmpeg's do; their boxes are as ffmpeg wrote them, but for †. */
describe('how many channels a track has, its decoder configuration says', () => {
  const esds = (specific: string) =>
    `000000000380808025000100048080801740150000000000fa000000fa0005808080${specific}`;
  it.each<[string, string, string, string, number | undefined]>([
    ['AAC, mono', 'mp4a', 'esds', esds('05118856e500068080800102'), 1],
    ['AAC, 5.1', 'mp4a', 'esds', esds('0511b056e500068080800102'), 6],
    ['AAC, 7.1', 'mp4a', 'esds', esds('0511b856e500068080800102'), 8],
    ['HE-AAC v2, mono with parametric stereo †', 'mp4a', 'esds', esds('04eb098800'), 2],
    ['AAC with channels of its own making †', 'mp4a', 'esds', esds('021180'), undefined],
    ['AC-3, 5.1', 'ac-3', 'dac3', '103dc0', 6],
    ['AC-3, mono †', 'ac-3', 'dac3', '1008c0', 1],
    ['E-AC-3, 5.1', 'ec-3', 'dec3', '0600200f00', 6],
    ['E-AC-3, 7.1 by a dependent substream †', 'ec-3', 'dec3', '0600200f0202', undefined],
    ['Opus, 5.1', 'Opus', 'dOps', '000601380000bb800000010402000401020305', 6],
    ['FLAC, stereo', 'fLaC', 'dfLa', `000000008000002212001200000000004a580ac442f0${'00'.repeat(20)}`, 2],
    ['FLAC, 5.1', 'fLaC', 'dfLa', `00000000800000221200120000000000d8240bb80af0${'00'.repeat(20)}`, 6],
    ['AC-3 whose configuration is cut †', 'ac-3', 'dac3', '10', 2],
    ['a codec that we do not know †', 'ac-4', 'dac4', '00', 2],
  ])('%s', (_, type, configuration, payload, channels) => {
    const sampleEntry = new Uint8Array(28);
    sampleEntry.set([0, 2], 16);
    sampleEntry.set([0xbb, 0x80], 24);
    const entry = box(type, sampleEntry, box(configuration, Buffer.from(payload, 'hex')));
    const inspected = inspectInit(initOf('soun', entry), nodeDigester);
    expect(inspected.kind === 'init' && inspected.init).toMatchObject({ sampleRate: 48_000 });
    expect(inspected.kind === 'init' && inspected.init.channels).toBe(channels);
  });
});
