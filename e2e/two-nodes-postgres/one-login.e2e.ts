// One login that needs both nodes: the gateway asks one, the phone talks to the other.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployTwoNodes, type TwoNodes } from '../nodes.ts';
import { type Gateway, requestOn } from '../vpn.ts';

const [, postgres] = databases;

describe.skipIf(!postgres?.here)('two nodes with one PostgreSQL', () => {
  let nodes: TwoNodes;
  let gateway: Gateway;
  beforeAll(async () => {
    nodes = await deployTwoNodes(await postgres?.create());
    gateway = await nodes.addGateway();
  });
  afterAll(async () => {
    await nodes?.stop();
    await postgres?.stop();
  });

  test('a login at one is approved at the other, and told within seconds', async () => {
    const { user, phone } = await nodes.vpn.addUserWithPhone();
    const login = radclient(nodes.b.target(gateway), papLogin(user.username, user.password));
    const request = await requestOn(phone);
    expect(await phone.answer(request, { decision: 'approve' })).toEqual({ status: 'approved' });
    const answered = performance.now();
    expect((await login).code).toBe('Access-Accept');
    // A node looks every second; what is over that is the machine’s. Without a look it would be the time of the request.
    expect(performance.now() - answered).toBeLessThan(15_000);
  });

  test('a login whose node dies is finished by the other, with one request on the phone', async () => {
    const { user, phone } = await nodes.vpn.addUserWithPhone();
    const from = ['Calling-Station-Id', '203.0.113.44'] as const;
    const attributes = papLogin(user.username, user.password, [from]);
    const lost = radclient(nodes.b.target(gateway), attributes, { timeoutSeconds: 2 });
    const request = await requestOn(phone);
    await nodes.b.kill();
    expect((await lost).code).toBe('no reply');
    const again = radclient(gateway, attributes);
    await expect
      .poll(async () => (await nodes.vpn.activity(request.content.request_id)).steps.map(({ code }) => code))
      .toContain('joined');
    expect(await phone.pending()).toHaveLength(1);
    await phone.answer(request, { decision: 'approve' });
    expect((await again).code).toBe('Access-Accept');
  });

  test('each node has an audit chain of its own, and both are whole', async () => {
    const verdict = await nodes.vpn.installation.json(['audit', 'verify']);
    const chain = (name: string) => expect.objectContaining({ chain: name }) as unknown;
    const ends = expect.arrayContaining([chain('a/logins'), chain('b/logins')]) as unknown;
    expect(verdict).toMatchObject({ kind: 'intact', ends });
  });
});
