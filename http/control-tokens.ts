import { makeOperatorToken, parseTokenRequest, TOKENS_MAX } from '../origin/operators/operator-tokens';
import type { OperatorToken } from '../origin/ports/operator-token-store';
import { invalidAnswer } from './control-answers';
import type { ControlCall } from './control-call';
import type { HttpResponse } from './message';
import { jsonResponse, problemResponse } from './problem';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/** `POST /tokens`. The token itself is in this one answer and nowhere else. */
export async function createToken({ origin, input }: ControlCall): Promise<HttpResponse> {
  const parsed = parseTokenRequest(input, origin.clock.nowMs());
  if ('faults' in parsed) return invalidAnswer(parsed.faults);
  const made = await makeOperatorToken(origin, parsed);
  if (made === undefined) return fullAnswer();
  return jsonResponse(201, { ...tokenView(made.token), token: made.bearer });
}

/** `GET /tokens`: expired ones too, until somebody revokes them or the store drops them. */
export async function listTokens({ origin }: ControlCall): Promise<HttpResponse> {
  const tokens = await origin.operatorTokens.list(TOKENS_MAX);
  return jsonResponse(200, { tokens: tokens.map(tokenView) });
}

/** `DELETE /tokens/{id}`: the next request with it is refused, since none is remembered. */
export async function revokeToken({ origin, names }: ControlCall): Promise<HttpResponse> {
  const id = names['token'] ?? '';
  if (await origin.operatorTokens.remove(id)) return jsonResponse(200, { id, revoked: true });
  return problemResponse(
    {
      status: 404,
      title: 'Unknown token',
      detail: 'There is no such token, or it was revoked.',
      faults: [{ parameter: 'id', wanted: 'the id of a token', got: id }],
    },
    NO_STORE,
  );
}

function tokenView({ id, name, tenants, access, createdAtMs, expiresAtMs }: OperatorToken) {
  return {
    ...{ id, name, tenants, access },
    createdAt: new Date(createdAtMs).toISOString(),
    ...(expiresAtMs !== undefined && { expiresAt: new Date(expiresAtMs).toISOString() }),
  };
}

function fullAnswer(): HttpResponse {
  return problemResponse(
    {
      status: 409,
      title: 'Too many tokens',
      detail: 'Revoke those that are expired or not used any more.',
      faults: [{ parameter: 'tokens', wanted: `fewer than ${TOKENS_MAX}`, got: 'one more' }],
    },
    NO_STORE,
  );
}
