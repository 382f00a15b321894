import type { HttpRequest, HttpResponse } from '../http/message';
import { problemResponse } from '../http/problem';
import { forbiddenAnswer } from '../http/publish-answers';
import { pipelineOwners } from '../server/body-memory';
import type { Route } from '../server/http-server';
import type { EmbeddedUploads, Receipt } from '../stores/embedded';

/** Whether a request brings bytes to a place that {@link EmbeddedUploads.offer} named. */
export function isUpload({ method, query }: HttpRequest): boolean {
  return method === 'PUT' && query['upload'] === 'bytes';
}

/** Answers as S3 answers a presigned PUT: 200, 412 where the object is there, 400 for other bytes, 403 for a bad ticket. */
export function uploadRoute(uploads: EmbeddedUploads, { query, headers }: HttpRequest): Route {
  const ticket = uploads.ticketOf(query['ticket'] ?? '');
  if (ticket === undefined || headers['if-none-match'] !== '*')
    return {
      kind: 'refuse',
      response: forbiddenAnswer('Ask for a new place with ?upload.', 'a place that is open, and its headers'),
    };
  return {
    kind: 'take',
    bodyBytesMax: ticket.ref.size,
    owners: pipelineOwners(ticket.ref),
    answer: async ({ body = new Uint8Array() }) => ANSWERS[await uploads.receive(ticket, body)],
  };
}

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

const ANSWERS: Readonly<Record<Receipt, HttpResponse>> = {
  stored: { status: 200, headers: NO_STORE },
  'there-already': problemResponse(
    {
      status: 412,
      title: 'There already',
      detail: 'These bytes were uploaded before. Say ?upload=complete.',
    },
    NO_STORE,
  ),
  'other-bytes': problemResponse(
    { status: 400, title: 'Digest mismatch', detail: 'The body is not what the place was asked for.' },
    NO_STORE,
  ),
};
