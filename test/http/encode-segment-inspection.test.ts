import { encodeSegmentInspection, reportedDefects } from '../../http/segment-inspection';
import { defect } from '../../origin/media/defect';
import { fixture, segmentOf } from '../support/media';
import { soundSegment } from '../support/inspected';

describe('Segment-Inspection', () => {
  it('says tfdt, duration and samples of the bytes', () => {
    const avc = fixture('avc-25');
    const inspection = soundSegment(segmentOf(avc).bytes, avc.init);
    const { baseMediaDecodeTime, durationTicks, sampleCount } = inspection;
    expect(encodeSegmentInspection(inspection, [])).toBe(
      `tfdt=${baseMediaDecodeTime}, dur=${durationTicks}, samples=${sampleCount}, defects=()`,
    );
  });

  it('has ticks as a string where no integer of a header can hold them', () => {
    const avc = fixture('avc-25');
    const inspection = { ...soundSegment(segmentOf(avc).bytes, avc.init), baseMediaDecodeTime: 10n ** 16n };
    expect(encodeSegmentInspection(inspection, [])).toMatch(/^tfdt="10000000000000000", dur=\d+,/);
  });

  it('is read back: the worst first, numbers kept, texts left out', () => {
    const defects = [
      defect('short', { missing: 5, ticks: -2560 }),
      defect('malformed', { wanted: 'é "quoted"', got: 2 ** 60 }),
    ];
    expect(reportedDefects(encodeSegmentInspection(undefined, defects))).toEqual([
      defect('malformed'),
      defect('short', { missing: 5, ticks: -2560 }),
    ]);
  });
});
