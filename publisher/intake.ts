import { parseMediaPath } from '../http/media-path';
import { encodeSegmentInspection } from '../http/segment-inspection';
import { reprDigest } from '../http/segment-headers';
import { isFatal } from '../origin/media/defect';
import type { Clock } from '../origin/ports/clock';
import { parcelSequence, type Parcel, type ParcelKind } from './parcel';
import { inspect, type Inspector, type Verdict } from './verdict';

export interface Accepted {
  readonly parcel: Parcel;
  readonly verdict: Verdict;
}

export interface IntakeOptions extends Inspector {
  readonly clock: Clock;
  /** Hands it to every region; at once. */
  readonly onAccepted: (accepted: Accepted) => void;
}

const TYPES: Readonly<Record<ParcelKind, string>> = {
  init: 'video/mp4',
  segment: 'video/mp4',
  document: 'application/octet-stream',
  other: 'application/octet-stream',
};
/** The pipeline's notices (docs/http-api.md) pass through; longer ones the origin would refuse. */
const NOTICES = 'headwater-notices';
const NOTICES_LENGTH_MAX = 4096;
const TYPE_LENGTH_MAX = 100;

/** Makes a parcel of each whole body: inspected, digested, numbered. */
export class Intake {
  readonly #options: IntakeOptions;
  #sequence = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** @param path a valid media path; @param headers the packager's, names in lower case. */
  accept(path: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>): Accepted {
    const { clock, digester, inits } = this.#options;
    const verdict = inspect(this.#options, path, bytes);
    const receivedAtMs = clock.nowMs();
    this.#sequence = parcelSequence(receivedAtMs, this.#sequence);
    const digest = digester.sha256Hex(bytes);
    const key = parseMediaPath(path)?.key;
    const parcel: Parcel = {
      kind: verdict.kind,
      path,
      track: key === undefined ? verdict.track : `${key.tenant}/${key.event}/${verdict.track}`,
      headers: headersOf(verdict, digest, headers),
      ...{ bytes, digest, receivedAtMs, sequence: this.#sequence },
    };
    // An init that no player could load stands before no media: the last good one stays.
    if (parcel.kind === 'init' && !verdict.defects.some(isFatal))
      inits.remember({ parcel, init: verdict.init });
    const accepted = { parcel, verdict };
    this.#options.onAccepted(accepted);
    return accepted;
  }
}

function headersOf(
  verdict: Verdict,
  digest: string,
  received: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const notices = received[NOTICES];
  const type = received['content-type'];
  return {
    'content-type': type !== undefined && type.length <= TYPE_LENGTH_MAX ? type : TYPES[verdict.kind],
    'repr-digest': reprDigest(digest),
    ...(verdict.kind === 'segment' && {
      'segment-inspection': encodeSegmentInspection(verdict.inspection, verdict.reported),
    }),
    ...(notices !== undefined && notices.length <= NOTICES_LENGTH_MAX && { [NOTICES]: notices }),
  };
}
