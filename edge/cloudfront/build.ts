import { join } from 'node:path';
import { buildGuard } from '../build-guard';

/** What CloudFront takes of a function, in bytes. */
export const FUNCTION_BYTES_MAX = 10_240;

/**
 * Members of what key-values.ts decodes and of the guard's own words. They never leave the function, and written out
 * they would take a tenth of what CloudFront allows.
 */
const OWN_NAMES = new RegExp(
  `^(${[
    ...['availabilityStartMs', 'startNumber', 'durationMilliseconds', 'durationDenominator', 'delayMs'],
    ...['holdMs', 'retryDeadlineMs', 'initialSegment', 'finalSegment', 'depthSegments', 'schedule'],
    ...['representations', 'initialization', 'media', 'prefix', 'suffix', 'width', 'passthrough'],
    ...['configuration', 'hasNotices', 'pieces', 'isInit', 'verdict', 'maxAgeSeconds', 'holdUntilMs'],
    ...['trueUntilMs', 'deadlineMs', 'untilMs'],
  ].join('|')})$`,
);

/**
 * A function as CloudFront runs it, built from the source that every edge shares.
 * @throws Error when it is larger than CloudFront takes, and what {@link buildGuard} throws
 */
export function buildViewerFunction(name: 'viewer-request' | 'viewer-response'): string {
  const text = buildGuard('cloudfront', join(__dirname, `${name}.ts`), OWN_NAMES);
  const size = Buffer.byteLength(text);
  if (size > FUNCTION_BYTES_MAX)
    throw new Error(`${name}: wanted at most ${FUNCTION_BYTES_MAX} bytes, got ${size}`);
  return text;
}
