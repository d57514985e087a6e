// One login that needs both nodes: the gateway asks one, the phone talks to the other.
import type { OidcProvider } from '@countersign/testkit/peers/oidc-provider.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiCaller } from '../api-caller.ts';
import { databases } from '../databases.ts';
import { deployTwoNodes, type TwoNodes } from '../nodes.ts';
import {
  addProvider,
  addressIn,
  answerOf,
  requiringLogin,
  stepsOf,
  vpnOptions,
} from '../oidc-provider/providing.ts';
import { type Gateway, requestOn } from '../vpn.ts';

const [, postgres] = databases;

describe.skipIf(!postgres?.here)('two nodes with one PostgreSQL', () => {
  let nodes: TwoNodes;
  let gateway: Gateway;
  let peer: OidcProvider | undefined;
  beforeAll(async () => {
    nodes = await deployTwoNodes(await postgres?.create(), vpnOptions.env);
    gateway = await nodes.addGateway();
  });
  afterAll(async () => {
    await peer?.stop();
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

  test('a login at an OpenID provider that was begun at one node is answered at the other, once', async () => {
    const { a, b, vpn } = nodes;
    const caller = await apiCaller(a.installation);
    const application = await vpn.addApplication('Staff');
    const added = await addProvider(caller, application);
    peer = added.peer;
    const link = await requiringLogin(caller, application);
    let at = a;
    // The phone knows one address; the balancer sends it here or there.
    const viaNode: typeof fetch = (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input);
      return fetch(`${at.installation.url}${pathname}${search}`, init);
    };
    const phone = (await SoftAuthenticator.create({}, { fetch: viaNode })).enrolment(link);
    await phone.begin();
    const kind = 'openid_connect' as const;
    const answer = await answerOf(addressIn(await phone.give({ kind })));
    at = b;
    expect(await phone.give({ kind, answer })).toMatchObject({
      may_complete: true,
      user: { username: 'alice' },
    });
    at = a;
    await expect(phone.give({ kind, answer })).rejects.toThrow();
    await phone.complete();
    const steps = await stepsOf(await apiCaller(b.installation, 'other'), phone.processId);
    expect(steps.filter((text) => text.includes('says that it is “alice”'))).toHaveLength(1);
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
