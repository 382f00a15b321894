import type { Headwater } from '../../embedded';
import { headwater as headwaterSays } from '../support/command-line';
import { embeddedRun } from '../support/embedded-run';

describe('headwater token', () => {
  let headwater: Headwater;
  let url: string;
  beforeAll(async () => {
    headwater = await embeddedRun(['one']);
    url = headwater.regions[0]?.url ?? '';
    process.env['HEADWATER_CONTROL_TOKEN'] = headwater.controlToken;
  });
  afterAll(() => {
    delete process.env['HEADWATER_CONTROL_TOKEN'];
  });

  const said = (...argv: string[]) => headwaterSays('token', ...argv, '--control', url);
  const eventsOf = async (tenant: string, token: string) =>
    (
      await fetch(`${url}/control/v1/tenants/${tenant}/events`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;

  it('makes a token that works for its tenants, lists it, and revokes it', async () => {
    const made = await said('create', 'desk', '--tenants', 'acme,other', '--access', 'write', '--days', '1');
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^[\w-]{32}\n$/) as string });
    const token = made.out.trim();
    const id = /Made (\S+) /.exec(made.err)?.[1] ?? '';
    expect([await eventsOf('acme', token), await eventsOf('third', token)]).toEqual([200, 403]);

    const list = await said('list');
    expect(list.out).toMatch(new RegExp(`^${id} +write +acme,other +until \\d{4}-`, 'm'));
    expect(list.out).not.toContain(token);

    expect(await said('revoke', id)).toMatchObject({ code: 0 });
    expect(await eventsOf('acme', token)).toBe(401);
    expect(await said('revoke', id)).toMatchObject({
      code: 1,
      err: expect.stringContaining('404') as string,
    });
  });

  it.each([
    [['create', 'desk'], 2, '--tenants'],
    [['create', 'desk', '--tenants', 'a/b'], 2, 'Wanted names'],
    [['create', 'desk', '--tenants', 'a', '--access', 'admin'], 2, 'Allowed choices are read, write'],
    [['create', '../desk', '--tenants', 'a'], 1, 'name: wanted'],
    [['create', 'desk', '--tenants', 'a', '--control-token-file', '/nowhere'], 1, 'ENOENT'],
  ])('%j says what is wrong with it', async (argv, code, wanted) => {
    const result = await said(...argv);
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(wanted)]);
  });
});
