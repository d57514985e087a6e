// RADIUS clients that people really use: a Linux login through PAM, an OpenVPN tunnel, FreeRADIUS as a proxy in front of us. Each lets in
// who approves, and keeps out who denies or types a wrong password.
import { type FreeradiusPeer, startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { startFreeradiusProxy } from '@countersign/testkit/peers/freeradius-proxy.ts';
import { hasLossyLink, type LossyLink, startLossyLink } from '@countersign/testkit/peers/lossy-link.ts';
import { hasOpenvpn, type OpenvpnServer, startOpenvpn } from '@countersign/testkit/peers/openvpn.ts';
import { hasPamRadius, newPamRadius, type PamRadius } from '@countersign/testkit/peers/pam-radius.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import { papLogin, radclient, type RadclientTarget } from '@countersign/testkit/peers/radclient.ts';
import type { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, requestOn, type Vpn, type VpnUser } from '../vpn.ts';

const wrong = 'not her password';
/** How long a person takes: longer than any of these clients waits by default, so nothing may be waited for instead. */
const thinkingMs = 6000;
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A login at a client. @returns whether the user was let in */
type Try = (username: string, password: string) => Promise<boolean>;

function letsInWhoApproves(subject: () => { vpn: Vpn; login: Try }): void {
  let person: { user: VpnUser; phone: SoftAuthenticator };
  const decide = async (decision: 'approve' | 'deny', after = 0) => {
    const request = await requestOn(person.phone);
    await later(after);
    expect(await person.phone.pending()).toHaveLength(1);
    await person.phone.answer(request, { decision });
    return request;
  };
  const login = (password: string) => subject().login(person.user.username, password);
  const lastEnd = async () => {
    const { status, reason } = await subject().vpn.lastActivity(person.user.username);
    return [status, reason];
  };

  test('who approves, in their own time, is let in; one request on the phone', async () => {
    person = await subject().vpn.addUserWithPhone();
    const allowed = login(person.user.password);
    await decide('approve', thinkingMs);
    expect(await allowed).toBe(true);
    expect(await person.phone.pending()).toEqual([]);
    expect(await lastEnd()).toEqual(['approved', null]);
  });

  test('who denies is kept out', async () => {
    person = await subject().vpn.addUserWithPhone();
    const allowed = login(person.user.password);
    await decide('deny');
    expect(await allowed).toBe(false);
    expect(await lastEnd()).toEqual(['denied', 'denied_by_user']);
  });

  test('a wrong password is kept out, and no phone is bothered', async () => {
    person = await subject().vpn.addUserWithPhone();
    expect(await login(wrong)).toBe(false);
    expect(await person.phone.pending()).toEqual([]);
    expect(await lastEnd()).toEqual(['denied', 'wrong_password']);
  });
}

describe.skipIf(!hasPamRadius())('a Linux login through pam_radius_auth', () => {
  let vpn: Vpn;
  let pam: PamRadius;
  beforeAll(async () => {
    vpn = await deployVpn();
    // pam_radius_auth 2.0 does not sign.
    pam = newPamRadius(await vpn.addGateway({ options: ['--message-authenticator', 'off'] }));
  });
  afterAll(async () => {
    pam?.remove();
    await vpn?.stop();
  });

  letsInWhoApproves(() => ({
    vpn,
    login: async (username, password) => (await pam.login(username, password)).allowed,
  }));

  test('the phone shows from where: what the service told PAM as remote host', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const login = pam.login(user.username, user.password);
    const request = await requestOn(phone);
    expect(request.content.client.address).toBe('203.0.113.17');
    await phone.answer(request, { decision: 'approve' });
    expect(await login).toMatchObject({ allowed: true });
  });
});

describe.skipIf(!hasOpenvpn() || !hasLossyLink())('OpenVPN with openvpn-auth-radius', () => {
  let link: LossyLink;
  let vpn: Vpn;
  let accounting: FreeradiusPeer;
  let openvpn: OpenvpnServer;
  beforeAll(async () => {
    const httpPort = await freePort();
    link = await startLossyLink({ loss: 0, delayMs: 1, duplicate: 0, seed: 1 }, [httpPort]);
    // In a namespace of its own the usual port is free.
    vpn = await deployVpn({
      httpPort,
      inside: link.server.inside,
      env: { COUNTERSIGN_RADIUS_LISTEN: '127.0.0.1:1812' },
    });
    const { shared_secret: secret } = await vpn.installation.json<{ shared_secret: string }>([
      ...['radius-clients', 'create', '--name', 'openvpn', '--application', vpn.application.id],
      ...['--network', '127.0.0.1', '--message-authenticator', 'off'],
    ]);
    accounting = await startFreeradius({
      ...{ port: 1912, accountingPort: 1813, secret },
      inside: link.server.inside,
    });
    openvpn = await startOpenvpn(link.server, {
      authentication: { address: '127.0.0.1', port: 1812, secret },
      accounting: { port: 1813 },
    });
    const target = { address: '127.0.0.1', port: 1812, secret, inside: link.server.inside };
    await vpn.server().until('it knows the RADIUS client', async () => {
      const status = { command: 'status', timeoutSeconds: 1 } as const;
      return (
        (await radclient(target, [['User-Name', 'probe']], status)).code === 'Access-Accept' || undefined
      );
    });
  });
  afterAll(async () => {
    await openvpn?.stop();
    await accounting?.stop();
    await vpn?.stop();
    await link?.stop();
  });

  letsInWhoApproves(() => ({
    vpn,
    async login(username, password) {
      const connection = await openvpn.connect(link.nas, username, password);
      try {
        expect(await connection.ping()).toBe(connection.result === 'connected');
        return connection.result === 'connected';
      } finally {
        await connection.disconnect();
      }
    },
  }));
});

describe('FreeRADIUS as a proxy in front', () => {
  let vpn: Vpn;
  let proxy: RadclientTarget & { stop(): Promise<void> };
  beforeAll(async () => {
    vpn = await deployVpn();
    proxy = await startFreeradiusProxy(await vpn.addGateway());
  });
  afterAll(async () => {
    await proxy?.stop();
    await vpn?.stop();
  });

  letsInWhoApproves(() => ({
    vpn,
    login: async (username, password) =>
      (await radclient(proxy, papLogin(username, password), { timeoutSeconds: 5, tries: 12 })).code ===
      'Access-Accept',
  }));
});
