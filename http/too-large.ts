import type { HttpResponse } from './message';
import { problemResponse } from './problem';

/** Appended to the path of a segment, it asks for a place to bring the bytes to: POST, see docs/http-api.md. */
export const UPLOAD_QUERY = '?upload';

/**
 * 413. With `uploadBytesMax` it names the hand-off, which takes more than a PUT.
 * @param bytesMax what was wanted of this request, bytes.
 */
export function tooLargeAnswer(bytesMax: number, uploadBytesMax?: number): HttpResponse {
  const offer = uploadBytesMax !== undefined && uploadBytesMax > bytesMax;
  return problemResponse(
    {
      status: 413,
      title: 'Too large',
      detail: offer
        ? `Wanted a body of at most ${bytesMax} bytes. Ask for a place with POST and ${UPLOAD_QUERY}: up to ${uploadBytesMax} bytes.`
        : `Wanted at most ${bytesMax} bytes. Shorten the segments, or lower the bit rate.`,
      members: { bytesMax, ...(offer && { upload: UPLOAD_QUERY, uploadBytesMax }) },
    },
    { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' },
  );
}
