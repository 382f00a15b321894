import { DEMO_REPRESENTATIONS } from './asset';

/** The demo: a single event that exists as long as the process does. */
export const DEMO_TENANT = 'demo';
export const DEMO_EVENT = 'loop';
export const DEMO_EVENT_PATH = `/live/${DEMO_TENANT}/${DEMO_EVENT}`;

/**
 * The Live Event Configuration of the demo, as an operator would PUT it. Segment n holds the media of
 * [2n s, 2n + 2 s) since 1970, so pipelines that know the time need nothing else to agree.
 */
export const DEMO_CONFIGURATION = {
  availabilityStartTime: '1970-01-01T00:00:00Z',
  segmentTemplate: {
    timescale: 1000,
    duration: 2000,
    startNumber: 0,
    initialization: '$RepresentationID$/init.mp4',
    media: '$RepresentationID$/$Number$.m4s',
  },
  // Ten minutes of the loop in two regions stay below 200 MB on the disk of whoever tries it.
  timeShiftBufferDepthSeconds: 600,
  pipelines: ['a', 'b'],
  representations: DEMO_REPRESENTATIONS.map(({ configuration }) => configuration),
};

/**
 * From the end of a segment's media to its PUT, for each pipeline: what encoding costs, and never the same twice, so
 * that the preferred pipeline usually comes first and sometimes has to be waited for.
 */
export const DEMO_ENCODER_DELAY_MS: Readonly<Record<string, number>> = { a: 120, b: 180 };
