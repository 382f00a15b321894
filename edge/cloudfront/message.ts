import type { HttpResponse } from '../../http/message';

/** Events of CloudFront Functions, as far as we use them. Header names are in lower case. */
export interface ViewerRequest {
  readonly method: string;
  /** Path alone, not decoded. */
  readonly uri: string;
  readonly headers: Record<string, Value>;
  querystring: Record<string, Value>;
}

export interface ViewerResponse {
  readonly statusCode: number;
  readonly statusDescription?: string;
  readonly headers: Record<string, Value>;
  readonly body?: string;
}

export interface Value {
  readonly value: string;
}

const REASON: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  404: 'Not Found',
  410: 'Gone',
};

/** An answer of ours as CloudFront takes it. In the dialect of edges. */
export function viewerResponse(response: HttpResponse, method: string): ViewerResponse {
  const headers: Record<string, Value> = {};
  const names = Object.keys(response.headers);
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] || '';
    // CloudFront counts for itself, and refuses a function's Content-Length.
    if (name !== 'Content-Length') headers[name.toLowerCase()] = { value: response.headers[name] || '' };
  }
  const status = response.status;
  const answer = { statusCode: status, statusDescription: REASON[status] || 'Error', headers: headers };
  if (method === 'HEAD' || typeof response.body !== 'string') return answer;
  return { ...answer, body: response.body };
}
