// The server restarts, the line is cut or falls silent, and an application says in writing that people may come in all the same.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type FreeradiusPeer, startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { homePasswords } from '@countersign/testkit/peers/freeradius-configuration.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, requestOn, textOf, type Vpn } from '../vpn.ts';
import { type Link, openLink } from './link.ts';
import { newApiClient, newSite, type Site, type SiteProxy } from './site.ts';

interface AuditEvent {
  readonly subject_id: string;
  readonly data: { readonly username: string; readonly client_name: string };
}

/** Long enough for three logins on a busy machine, each of which first waits for the server. */
const graceSeconds = 12;

describe('a site that loses its server', () => {
  let home: FreeradiusPeer;
  let vpn: Vpn;
  let link: Link;
  let site: Site;
  let proxy: SiteProxy;
  const phones = new Map<string, SoftAuthenticator>();
  beforeAll(async () => {
    [home, vpn] = await Promise.all([startFreeradius({ requireMessageAuthenticator: true }), deployVpn()]);
    link = await openLink({ port: vpn.installation.httpPort });
    const names = ['alice', 'josé', 'bob'];
    const added = await Promise.all(names.map((username) => vpn.addUserWithPhone({ username })));
    for (const { user, phone } of added) phones.set(user.username, phone);
    const client = await newApiClient(vpn, 'branch');
    site = await newSite(vpn, home, { client, serverUrl: `http://127.0.0.1:${link.port}` });
    proxy = await site.start({
      COUNTERSIGN_LOG: join(site.directory, 'info.log'),
      COUNTERSIGN_ERROR_LOG: join(site.directory, 'error.log'),
    });
  });
  afterAll(async () => {
    proxy?.kill('SIGKILL');
    await link?.close();
    await vpn?.stop();
    await home?.stop();
    site?.remove();
  });

  const phoneOf = (username: string): SoftAuthenticator => {
    const phone = phones.get(username);
    if (!phone) throw new Error(`${username} has no phone`);
    return phone;
  };
  const loginOf = (username: 'alice' | 'josé' | 'bob') =>
    radclient(site.nas, papLogin(username, homePasswords[username]));
  const reported = async () =>
    (
      await vpn.installation.json<{ items: readonly AuditEvent[] }>([
        ...['audit', 'list', '--event', 'auth_request.unreachable'],
      ])
    ).items;

  test('a login that waits when the server dies gets its answer after the restart, from one request', async () => {
    const login = loginOf('alice');
    const request = await requestOn(phoneOf('alice'));
    await vpn.server().kill();
    await proxy.untilStatus('unreachable');
    vpn.restarted(await vpn.installation.start());
    expect(await phoneOf('alice').pending()).toHaveLength(1);
    await phoneOf('alice').answer(request, { decision: 'approve' });
    expect((await login).code).toBe('Access-Accept');
    await proxy.untilStatus('ok');
  });

  test('a login that waits while the line is silent hears of its denial afterwards', async () => {
    const login = loginOf('josé');
    const request = await requestOn(phoneOf('josé'));
    link.silence();
    await phoneOf('josé').answer(request, { decision: 'deny' });
    await link.restore();
    expect((await login).code).toBe('Access-Reject');
    await proxy.untilStatus('ok');
  });

  test('while the server is away new logins are refused, with the reason in the error log alone', async () => {
    await link.cut();
    expect((await loginOf('alice')).code).toBe('Access-Reject');
    const { message, grace } = await proxy.untilStatus('unreachable');
    expect(message).toBe('Service Status: API call timed out.');
    expect(grace).toMatchObject({ seconds: 0, open: false, accepted: 0 });
    expect((await fetch(`${proxy.health}/health/ready`)).status).toBe(503);
    expect(await site.run(['status'])).toMatchObject({ code: 1 });
    await link.restore();
    await proxy.untilStatus('ok');

    const [errors, information] = [site.read('error.log'), site.read('info.log')];
    expect(errors).toContain('a RADIUS login was refused because a dependency is unavailable');
    expect(errors).toContain('Service Status: API call timed out.');
    expect(errors).not.toContain('Service Status: OK');
    expect(information).toContain('Service Status: OK');
    expect(information).not.toMatch(/"level":"(?:warn|error)"/);
    expect(await reported()).toEqual([]);
  });

  test('both logs are opened anew on SIGHUP', async () => {
    for (const name of ['info.log', 'error.log'])
      renameSync(join(site.directory, name), join(site.directory, `${name}.1`));
    proxy.kill('SIGHUP');
    await link.cut();
    await proxy.untilStatus('unreachable');
    await link.restore();
    await proxy.untilStatus('ok');
    expect(site.read('error.log')).toContain('Service Status: API call timed out.');
    expect(site.read('info.log')).toContain('Service Status: OK');
  });

  describe('when the application says in writing that people may come in for a while', () => {
    beforeAll(async () => {
      await vpn.installation.json([
        ...['applications', 'change', vpn.application.id],
        ...['--unreachable-grace-seconds', String(graceSeconds)],
      ]);
      await proxy.until('the proxy knows it', async () => {
        const { grace } = await proxy.status();
        return grace.seconds === graceSeconds || undefined;
      });
    });

    test('a denial stays one while the server is there', async () => {
      const login = loginOf('josé');
      const request = await requestOn(phoneOf('josé'));
      await phoneOf('josé').answer(request, { decision: 'deny' });
      expect((await login).code).toBe('Access-Reject');
    });

    test('then, and only then, the first factor alone opens, loudly and for so long; afterwards the server knows', async () => {
      await link.cut();
      const lost = performance.now();
      const reply = await loginOf('alice');
      expect(reply.code).toBe('Access-Accept');
      expect(reply.all('Filter-Id')).toEqual(['vpn-users']);
      const id = textOf(reply.all('Class').at(-1));
      expect(id).toMatch(/^ugl_[0-9a-f-]{36}$/);
      // Denied a moment ago: the loss of the server must not turn that into a yes.
      expect((await loginOf('josé')).code).toBe('Access-Reject');
      expect((await radclient(site.nas, papLogin('bob', 'not the password'))).code).toBe('Access-Reject');
      const { grace } = await proxy.status();
      expect(grace).toMatchObject({ open: true, accepted: 1, unreported: 1 });
      expect(performance.now() - lost).toBeLessThan(graceSeconds * 1000);
      expect(await (await fetch(`${proxy.health}/status`)).text()).toMatch(
        /^Service Status: API call timed out\.\n[^]*WARNING: logins are let in without a second factor/,
      );

      await proxy.until('the time is over', async () => !(await proxy.status()).grace.open || undefined);
      expect(performance.now() - lost).toBeLessThan((graceSeconds + 10) * 1000);
      expect((await loginOf('bob')).code).toBe('Access-Reject');
      expect(site.read('error.log').match(/LET IN WITHOUT A SECOND FACTOR/g)).toHaveLength(1);
      expect(await proxy.metric('countersign_unreachable_logins_total')).toBe(1);

      await link.restore();
      // A login finds the server back at once; the check alone would too, a little later.
      const back = loginOf('bob');
      await phoneOf('bob').answer(await requestOn(phoneOf('bob')), { decision: 'approve' });
      expect((await back).code).toBe('Access-Accept');
      await proxy.until('it is reported', async () => {
        const now = await proxy.status();
        return now.grace.unreported === 0 || undefined;
      });
      expect(await reported()).toEqual([
        expect.objectContaining({
          subject_id: id,
          data: expect.objectContaining({ username: 'alice', client_name: 'branch gateway' }),
        }),
      ]);
      expect(await vpn.installation.json(['audit', 'verify'])).toMatchObject({ kind: 'intact' });
    });

    test('a server that answers, but badly, opens nothing', async () => {
      await proxy.untilStatus('ok');
      await vpn.installation.json(['applications', 'change', vpn.application.id, '--no-enabled']);
      await proxy.untilStatus('application');
      await link.cut();
      expect((await loginOf('alice')).code).toBe('Access-Reject');
      expect((await proxy.status()).grace).toMatchObject({ open: false, accepted: 1 });
    });
  });
});
