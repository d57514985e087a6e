// Two servers on one PostgreSQL: the gateway asks one, the phone talks to the other, and the login ends all the same.
import { join } from 'node:path';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { newInstallation, type ServerInstallation } from '@countersign/testkit/peers/server-process.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployVpn, type Gateway, requestOn, type Vpn } from '../vpn.ts';

const [, postgres] = databases;

describe.skipIf(!postgres?.here)('two nodes with one PostgreSQL', () => {
  let vpn: Vpn;
  let second: ServerInstallation;
  let gateway: Gateway;
  beforeAll(async () => {
    const databaseUrl = await postgres?.create();
    vpn = await deployVpn({ databaseUrl });
    second = await newInstallation({
      databaseUrl,
      env: {
        COUNTERSIGN_NODE: 'second',
        COUNTERSIGN_MASTER_KEY_FILE: join(vpn.installation.dataDirectory, 'master.key'),
        COUNTERSIGN_PUBLIC_URL: vpn.installation.url,
      },
    });
    gateway = await vpn.addGateway();
  });
  afterAll(async () => {
    await vpn?.stop();
    second?.remove();
    await postgres?.stop();
  });

  test('a login at one is approved at the other', async () => {
    const node = await second.start();
    const { user, phone } = await vpn.addUserWithPhone();
    const login = radclient({ ...gateway, port: second.radiusPort }, papLogin(user.username, user.password));
    const request = await requestOn(phone);
    expect(await phone.answer(request, { decision: 'approve' })).toEqual({ status: 'approved' });
    const answered = performance.now();
    expect((await login).code).toBe('Access-Accept');
    expect(performance.now() - answered).toBeLessThan(2000);
    expect(await node.terminate()).toBe(0);
  });

  test('a login whose node dies is finished by the other, with one request on the phone', async () => {
    const node = await second.start();
    const { user, phone } = await vpn.addUserWithPhone();
    const from = ['Calling-Station-Id', '203.0.113.44'] as const;
    const attributes = papLogin(user.username, user.password, [from]);
    const lost = radclient({ ...gateway, port: second.radiusPort }, attributes, { timeoutSeconds: 2 });
    const request = await requestOn(phone);
    await node.kill();
    expect((await lost).code).toBe('no reply');
    const again = radclient(gateway, attributes);
    await expect
      .poll(async () => (await vpn.activity(request.content.request_id)).steps.map(({ code }) => code), {
        timeout: 20_000,
      })
      .toContain('joined');
    expect(await phone.pending()).toHaveLength(1);
    await phone.answer(request, { decision: 'approve' });
    expect((await again).code).toBe('Access-Accept');
  });

  test('each node has an audit chain of its own, and both are whole', async () => {
    const verdict = await vpn.installation.json(['audit', 'verify']);
    expect(verdict).toMatchObject({
      kind: 'intact',
      ends: expect.arrayContaining([expect.objectContaining({ chain: 'second/logins' })]) as unknown,
    });
  });
});
