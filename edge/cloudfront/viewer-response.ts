import { eventNameOf } from '../guard/guard';
import { noticesKey } from './key-values';
import type { ViewerRequest, ViewerResponse } from './message';
import { valueOf } from './store';

/**
 * CloudFront's viewer-response function: a cached object has the notices of the time when it was fetched, so the newest
 * go on at the last moment. CloudFront does not run it where the origin answered 400 or above.
 */
export async function handler(event: {
  readonly request: ViewerRequest;
  readonly response: ViewerResponse;
}): Promise<ViewerResponse> {
  const response = event.response;
  const name = eventNameOf(event.request.uri);
  const notices = name === '' ? undefined : await valueOf(noticesKey(name));
  if (notices !== undefined) response.headers['headwater-notices'] = { value: notices };
  return response;
}
