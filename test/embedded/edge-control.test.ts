import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';

describe('the control plane on the port of the edge', () => {
  let headwater: Headwater;
  beforeAll(async () => {
    headwater = await embeddedRun();
  });

  const list = (token?: string) =>
    fetch(`${headwater.edgeUrl}/control/v1/tenants/acme/events`, {
      ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
    });

  it.each([
    ['no token', undefined],
    ['another token', 'not-the-token'],
  ])('wants an operator token: %s', async (_, token) => {
    const answer = await list(token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('is of one origin with the console, and of no other', async () => {
    const answer = await list(headwater.controlToken);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('asks the next region while the nearest is down, and says 503 when none runs', async () => {
    const [first, second] = headwater.regions;
    await first?.stop(0);
    expect((await list(headwater.controlToken)).status).toBe(200);
    await second?.stop(0);
    expect((await list(headwater.controlToken)).status).toBe(503);
    await first?.start();
    await second?.start();
    expect((await list(headwater.controlToken)).status).toBe(200);
  });
});
