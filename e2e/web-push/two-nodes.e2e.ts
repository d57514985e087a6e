// Two nodes: one key, and a request is pushed by the node that opened it, once.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { getPush, readPush } from '@countersign/testkit/soft-authenticator/push-subscription.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployTwoNodes, type TwoNodes } from '../nodes.ts';
import type { Gateway } from '../vpn.ts';
import { type PushPeer, startPushPeer, subscribePhone } from './push-peer.ts';

const [, postgres] = databases;

describe.skipIf(!postgres?.here)('two nodes with one PostgreSQL', () => {
  let peer: PushPeer;
  let nodes: TwoNodes;
  let gateway: Gateway;
  beforeAll(async () => {
    peer = await startPushPeer();
    nodes = await deployTwoNodes(await postgres?.create(), peer.env);
    gateway = await nodes.addGateway();
  });
  afterAll(async () => {
    await nodes?.stop();
    await peer?.stop();
    await postgres?.stop();
  });

  test('a phone that subscribed at one is woken for a login at the other, once', async () => {
    const { user, phone } = await nodes.vpn.addUserWithPhone();
    const push = await subscribePhone(peer, phone);
    const there = { connectUrl: `http://localhost:${nodes.b.installation.httpPort}` };
    const atB = SoftAuthenticator.restore(phone.state, there);
    expect(await getPush(atB)).toMatchObject({ ...(await getPush(phone)), server_time: expect.any(Number) });
    // Names the session: it is the same login also when one copy comes after the answer.
    const session = [
      ['Calling-Station-Id', '203.0.113.44'],
      ['Acct-Session-Id', '0000002A'],
    ] as const;
    const attributes = papLogin(user.username, user.password, session);
    const logins = [radclient(gateway, attributes), radclient(nodes.b.target(gateway), attributes)];
    const said = readPush((await push.next()).text);
    const [request] = await phone.pending({ wait: 10 });
    expect(said).toMatchObject({ kind: 'ask', request_id: request!.content.request_id });
    await atB.answer(request!, { decision: 'approve' });
    const codes = (await Promise.all(logins)).map(({ code }) => code);
    expect(codes).toContain('Access-Accept');
    expect(push.pushes.map(({ text }) => readPush(text)?.kind)).toEqual(['activate', 'ask']);
    expect(peer.service.faults).toEqual([]);
  });
});
