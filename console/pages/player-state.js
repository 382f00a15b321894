// @ts-check

/**
 * One media segment as it came in.
 * @typedef {object} SegmentRecord
 * @property {string} representation its name in paths: `v720`
 * @property {'video' | 'audio' | 'text'} kind
 * @property {number} number
 * @property {string} pipeline whose copy was served; `?` when the answer does not say
 * @property {string} replica region whose bytes were served
 * @property {string} served region that answered
 * @property {number | undefined} publishedAtMs UTC milliseconds
 * @property {number} heldMs how long the origin held the request
 * @property {string} defects of the served copy, as Headwater-Defects has them; empty for a valid one
 * @property {number} start seconds on the player's axis
 * @property {number} end
 */

/**
 * @typedef {object} LogEntry
 * @property {string} key entries of one key are one thing told once
 * @property {number} atMs
 * @property {'pipeline' | 'region' | 'defects' | 'stall' | 'trouble'} kind
 * @property {string} text
 * @property {string[]} representations
 * @property {number} [number] of the segment
 * @property {string} [pipeline]
 */

/** Segments kept, over all representations: two minutes of three tracks at 2 s. */
const SEGMENTS_MAX = 200;
const LOG_MAX = 50;

/** Everything the page shows. Tests read it as `window.headwater`. */
export class PlayerState {
  format = 'dash';
  /** Seconds on the player's axis. */
  currentTime = 0;
  /** True once a picture has moved. */
  started = false;
  /** Times that playback stopped for want of data, after it had started. */
  stalls = 0;
  /** @type {number | undefined} seconds since the segment on screen was published */
  latencySeconds = undefined;
  bufferSeconds = 0;
  /** @type {SegmentRecord[]} oldest first */
  segments = [];
  /** @type {LogEntry[]} newest first */
  log = [];
  /** @type {string | undefined} what is wrong now, in plain words */
  trouble = undefined;

  /** @param {SegmentRecord} segment */
  addSegment(segment) {
    const previous = this.newestOf(segment.representation);
    this.segments.push(segment);
    if (this.segments.length > SEGMENTS_MAX) this.segments.shift();
    const { number, pipeline, representation } = segment;
    if (previous !== undefined && previous.pipeline !== pipeline)
      this.tell('pipeline', `${pipeline}@${number}`, `Pipeline ${pipeline} took over`, {
        representation,
        pipeline,
        number,
      });
    else if (previous !== undefined && previous.replica !== segment.replica)
      this.tell('region', `${segment.replica}@${number}`, `Bytes from ${segment.replica}`, {
        representation,
        pipeline,
        number,
      });
    if (segment.defects !== '')
      this.tell('defects', `${representation}#${number}`, `Served with ${segment.defects}`, {
        representation,
        pipeline,
      });
  }

  /** @param {string} representation */
  newestOf(representation) {
    return this.segments.findLast((segment) => segment.representation === representation);
  }

  /** The segment that is on screen (or, of `audio`, to be heard) now. @param {'video' | 'audio'} kind */
  playing(kind) {
    const now = this.currentTime;
    return this.segments.findLast((one) => one.kind === kind && one.start <= now && now < one.end);
  }

  /**
   * @param {LogEntry['kind']} kind
   * @param {string} key
   * @param {string} text
   * @param {{ representation?: string, pipeline?: string, number?: number }} [about]
   */
  tell(kind, key, text, { representation, pipeline, number } = {}) {
    const told = this.log.find((entry) => entry.key === key);
    if (told !== undefined) {
      if (representation !== undefined && !told.representations.includes(representation))
        told.representations.push(representation);
      return;
    }
    const representations = representation === undefined ? [] : [representation];
    this.log.unshift({
      key,
      atMs: Date.now(),
      kind,
      text,
      representations,
      ...(pipeline !== undefined && { pipeline }),
      ...(number !== undefined && { number }),
    });
    this.log.splice(LOG_MAX);
  }
}
