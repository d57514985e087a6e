// Logins at another site: the password is checked there, the person by the server over HTTP.
import { randomBytes } from 'node:crypto';
import { Code, rfc2865, rfc2866, writeAttribute } from '@countersign/radius';
import { type FreeradiusPeer, startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { homeCode, homePasswords } from '@countersign/testkit/peers/freeradius-configuration.ts';
import { openNas } from '@countersign/testkit/peers/nas.ts';
import { chapLogin, papLogin, type RadclientReply, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, requestOn, type Vpn } from '../vpn.ts';
import { newApiClient, newSite, type Site, type SiteProxy } from './site.ts';

describe('a site whose RADIUS proxy asks the server over HTTP', () => {
  let home: FreeradiusPeer;
  let vpn: Vpn;
  let site: Site;
  let proxy: SiteProxy;
  let unknown: Promise<RadclientReply>;
  const phones = new Map<string, SoftAuthenticator>();
  beforeAll(async () => {
    [home, vpn] = await Promise.all([startFreeradius({ requireMessageAuthenticator: true }), deployVpn()]);
    // Short, since a login of somebody unknown waits as long.
    await vpn.installation.json(['applications', 'change', vpn.application.id, '--request-seconds', '10']);
    const names = ['alice', 'josé', 'challenge'];
    const added = await Promise.all(names.map((username) => vpn.addUserWithPhone({ username })));
    for (const { user, phone } of added) phones.set(user.username, phone);
    const client = await newApiClient(vpn, 'branch');
    site = await newSite(vpn, home, { client, serverUrl: vpn.installation.url });
    proxy = await site.start();
    // Waits as long as a request can be answered; the other tests go on meanwhile.
    unknown = radclient(site.nas, papLogin('bob', homePasswords.bob));
  });
  afterAll(async () => {
    proxy?.kill('SIGKILL');
    await vpn?.stop();
    await home?.stop();
    site?.remove();
  });

  const phoneOf = (username: string): SoftAuthenticator => {
    const phone = phones.get(username);
    if (!phone) throw new Error(`${username} has no phone`);
    return phone;
  };
  const approve = async (username: string) => {
    const request = await requestOn(phoneOf(username));
    await phoneOf(username).answer(request, { decision: 'approve' });
    return request;
  };
  const alice = papLogin('alice', homePasswords.alice);
  const said = ({ attributes }: RadclientReply) =>
    attributes.filter(([name]) => name !== 'Message-Authenticator');

  test.each([
    ['PAP', 'alice', papLogin],
    ['CHAP', 'alice', chapLogin],
    ['PAP', 'josé', papLogin],
  ] as const)(
    '%s by %s: approved, with exactly the attributes of the home server',
    async (_, name, loginWith) => {
      const attributes = loginWith(name, homePasswords[name]);
      const direct = await radclient(home, attributes);
      const login = radclient(site.nas, attributes);
      const { content } = await approve(name);
      const reply = await login;
      expect(reply.code).toBe('Access-Accept');
      expect(said(reply)).toEqual(said(direct));
      expect(await vpn.activity(content.request_id)).toMatchObject({
        status: 'approved',
        door: 'api',
        client_name: 'branch gateway',
      });
    },
  );

  test('denied on the phone: refused, and nothing of the home server’s yes gets out', async () => {
    const login = radclient(site.nas, alice);
    const request = await requestOn(phoneOf('alice'));
    await phoneOf('alice').answer(request, { decision: 'deny' });
    const reply = await login;
    expect(reply.code).toBe('Access-Reject');
    expect(said(reply)).toEqual([]);
  });

  test('a wrong password: refused in the home server’s words, and the server never hears of it', async () => {
    const before = await vpn.metric('countersign_http_requests_total', { route: 'createAuthRequest' });
    const reply = await radclient(site.nas, papLogin('alice', 'not the password'));
    expect(reply.code).toBe('Access-Reject');
    expect(await vpn.metric('countersign_http_requests_total', { route: 'createAuthRequest' })).toBe(before);
    expect(await phoneOf('alice').pending()).toEqual([]);
  });

  test('the home server’s question passes, and then the phone is asked', async () => {
    const question = await radclient(site.nas, papLogin('challenge', homePasswords.challenge));
    expect(question.code).toBe('Access-Challenge');
    const state = ['State', question.all('State')[0] ?? ''] as const;
    const login = radclient(site.nas, papLogin('challenge', homeCode, [state]));
    await approve('challenge');
    expect((await login).code).toBe('Access-Accept');
  });

  test('a number is shown at the login and typed on the phone; its State works once, for this user', async () => {
    const question = await radclient(site.numberNas, alice);
    expect(question.code).toBe('Access-Challenge');
    const [, number = ''] = /Type (\d\d) on/.exec(question.all('Reply-Message')[0] ?? '') ?? [];
    const state = ['State', question.all('State')[0] ?? ''] as const;
    const stranger = await radclient(site.numberNas, papLogin('josé', '', [state]));
    expect(stranger.code).toBe('Access-Reject');
    const login = radclient(site.numberNas, papLogin('alice', '', [state]));
    const request = await requestOn(phoneOf('alice'));
    await phoneOf('alice').answer(request, { decision: 'approve', number });
    const reply = await login;
    expect(reply.code).toBe('Access-Accept');
    expect(reply.all('Filter-Id')).toEqual(['vpn-users']);
    expect((await radclient(site.numberNas, papLogin('alice', '', [state]))).code).toBe('Access-Reject');
  });

  test('the same packet again and the same session from a new port are one request and one answer', async () => {
    const session = [
      writeAttribute(rfc2865.CallingStationId, '203.0.113.77'),
      writeAttribute(rfc2866.AcctSessionId, 'session-1'),
    ];
    const packet = { username: 'alice', password: homePasswords.alice, attributes: session };
    const [first, second] = await Promise.all([openNas(site.nas), openNas(site.nas)]);
    const bytes = first.prepare(packet);
    const answers = [first.exchange(bytes, 20_000), second.exchange(second.prepare(packet), 20_000)];
    await first.send(bytes);
    const request = await requestOn(phoneOf('alice'));
    await expect
      .poll(async () => (await vpn.activity(request.content.request_id)).steps.map(({ code }) => code))
      .toContain('joined');
    expect(await phoneOf('alice').pending()).toHaveLength(1);
    await phoneOf('alice').answer(request, { decision: 'approve' });
    expect((await Promise.all(answers)).map((reply) => reply?.code)).toEqual([2, 2]);
    await Promise.all([first.close(), second.close()]);
    expect(await phoneOf('alice').pending()).toEqual([]);
  });

  test('a stranger who knows the password does not ride on the request of another session', async () => {
    const from = (address: string) => [['Calling-Station-Id', address]] as const;
    const mine = radclient(site.nas, papLogin('alice', homePasswords.alice, from('203.0.113.1')));
    const request = await requestOn(phoneOf('alice'));
    const theirs = radclient(site.nas, papLogin('alice', homePasswords.alice, from('203.0.113.66')));
    await expect.poll(() => phoneOf('alice').pending()).toHaveLength(2);
    await phoneOf('alice').answer(request, { decision: 'approve' });
    expect((await mine).code).toBe('Access-Accept');
    const [other] = await phoneOf('alice').pending();
    if (!other) throw new Error('the other request is gone');
    await phoneOf('alice').answer(other, { decision: 'deny' });
    expect((await theirs).code).toBe('Access-Reject');
  });

  test('a user that only the home server knows looks like one who does not answer', async () => {
    expect((await unknown).code).toBe('Access-Reject');
    expect(await vpn.lastActivity('bob')).toMatchObject({ reason: 'unknown_user' });
  });

  test('the status is OK in text, as JSON and at the command line', async () => {
    const text = await (await fetch(`${proxy.health}/status`)).text();
    expect(text).toMatch(
      /^Service Status: OK\nHome server “[^”]+” \([0-9.:]+\) answers, since [0-9TZ:.-]+\.\n$/,
    );
    expect(await proxy.status()).toMatchObject({ status: 'ok', message: 'Service Status: OK', cause: null });
    expect((await fetch(`${proxy.health}/health/ready`)).status).toBe(200);
    expect(await site.run(['status'])).toMatchObject({ code: 0, stdout: text });
    expect(await proxy.metric('countersign_server_calls_total')).toBeGreaterThan(0);
  });

  test('SIGTERM lets a login that waits finish, and takes no new one', async () => {
    const login = radclient(site.nas, alice);
    const request = await requestOn(phoneOf('alice'));
    proxy.kill('SIGTERM');
    await proxy.until('it drains', () => proxy.stderr().includes('Stopping') || undefined);
    const late = await radclient(site.nas, papLogin('josé', homePasswords.josé), { timeoutSeconds: 1 });
    expect(late.code).toBe('no reply');
    await phoneOf('alice').answer(request, { decision: 'approve' });
    expect((await login).code).toBe('Access-Accept');
    expect(await proxy.ended).toBe(0);
    const result = await site.run(['status']);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe(
      'Service Status: health-check request timed out. Is the background service running?\n',
    );
  });

  test('no secret ever reached a log', () => {
    const output = proxy.stdout() + proxy.stderr();
    expect(output).toContain('RADIUS login');
    for (const secret of [
      homePasswords.alice,
      site.env.COUNTERSIGN_CLIENT_SECRET ?? randomBytes(8).toString('hex'),
      site.nas.secret,
      home.secret,
    ])
      expect(output).not.toContain(secret);
    expect(output).not.toMatch(/cst_[\w-]{20}/);
  });

  test('a packet that somebody kept, sent again once the proxy has forgotten it, asks nobody', async () => {
    proxy = await site.start();
    const nas = await openNas(site.numberNas);
    const packet = nas.prepare({ username: 'josé', password: homePasswords.josé });
    expect((await nas.exchange(packet))?.code).toBe(Code.AccessChallenge);
    const known = (await phoneOf('josé').pending()).map(({ id }) => id);
    expect(known).not.toEqual([]);
    proxy.kill('SIGKILL');
    await proxy.ended;
    proxy = await site.start();
    expect((await nas.exchange(packet))?.code).toBe(Code.AccessReject);
    // By now the first one may be over.
    expect((await phoneOf('josé').pending()).filter(({ id }) => !known.includes(id))).toEqual([]);
    // The server writes nothing down: an unknown user's copy must look the same. The site's log has it.
    expect(await vpn.lastActivity('josé')).toMatchObject({ reason: null });
    await expect.poll(() => proxy.stdout() + proxy.stderr()).toContain('"reason":"replayed"');
    await nas.close();
  });
});
