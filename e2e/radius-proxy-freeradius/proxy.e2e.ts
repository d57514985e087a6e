// The password is checked by a real FreeRADIUS, the person by the phone; what FreeRADIUS replies reaches the gateway untouched.
import { type FreeradiusPeer, startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { homeCode, homePasswords } from '@countersign/testkit/peers/freeradius-configuration.ts';
import { chapLogin, papLogin, type RadclientReply, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, type Gateway, requestOn, type Vpn } from '../vpn.ts';

const logins = { PAP: papLogin, CHAP: chapLogin } as const;
const wrong = 'not the password';

describe('a login whose password FreeRADIUS checks', () => {
  let home: FreeradiusPeer;
  let vpn: Vpn;
  let gateway: Gateway;
  const phones = new Map<string, SoftAuthenticator>();
  beforeAll(async () => {
    [home, vpn] = await Promise.all([startFreeradius({ requireMessageAuthenticator: true }), deployVpn()]);
    await vpn.addHomeServer('radius-1', home);
    gateway = await vpn.addGateway({ options: ['--home-server', 'radius-1'] });
    const names = Object.keys(homePasswords);
    const added = await Promise.all(names.map((username) => vpn.addUserWithPhone({ username })));
    for (const { user, phone } of added) phones.set(user.username, phone);
  });
  afterAll(async () => {
    await vpn?.stop();
    await home?.stop();
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
  /** What the home server said; every leg has a signature of its own. */
  const said = ({ attributes }: RadclientReply) =>
    attributes.filter(([name]) => name !== 'Message-Authenticator');
  const asked = () => home.logins().length;

  describe.each(['PAP', 'CHAP'] as const)('with %s', (method) => {
    const loginWith = logins[method];

    test.each(['alice', 'bob', 'josé'] as const)(
      '%s is let in with exactly the attributes that FreeRADIUS gives',
      async (username) => {
        const attributes = loginWith(username, homePasswords[username]);
        const direct = await radclient(home, attributes);
        const login = radclient(gateway, attributes);
        await approve(username);
        const through = await login;
        expect(direct.code).toBe('Access-Accept');
        expect(through.code).toBe('Access-Accept');
        expect(through.attributes[0]?.[0]).toBe('Message-Authenticator');
        for (const [index, attribute] of said(direct).entries())
          expect({ index, attribute: said(through)[index] }).toEqual({ index, attribute });
        expect(said(through)).toHaveLength(said(direct).length);
      },
    );

    test('a wrong password is refused and no phone is bothered', async () => {
      const attributes = loginWith('bob', wrong);
      const direct = await radclient(home, attributes);
      const through = await radclient(gateway, attributes);
      expect(through.code).toBe('Access-Reject');
      expect(said(through)).toEqual(said(direct));
      expect(await phoneOf('bob').pending()).toEqual([]);
      expect(await vpn.lastActivity('bob')).toMatchObject({ reason: 'first_factor_refused' });
    });

    test('denied on the phone, FreeRADIUS’ yes becomes a no that gives nothing away', async () => {
      const login = radclient(gateway, loginWith('alice', homePasswords.alice));
      const request = await requestOn(phoneOf('alice'));
      await phoneOf('alice').answer(request, { decision: 'deny' });
      const reply = await login;
      expect(reply.code).toBe('Access-Reject');
      expect(said(reply)).toEqual([]);
      const activity = await vpn.activity(request.content.request_id);
      expect(activity).toMatchObject({ status: 'denied', reason: 'denied_by_user' });
      expect(activity.steps.map(({ code }) => code)).toContain('home_server_accepted');
    });
  });

  test('the phone is asked only after FreeRADIUS has said yes', async () => {
    await vpn.addHomeServer('patient', home, ['--timeout-ms', '3000', '--tries', '3']);
    const door = await vpn.addGateway({ options: ['--home-server', 'patient'] });
    const before = asked();
    const login = radclient(door, papLogin('slow', homePasswords.slow));
    expect(await phoneOf('slow').pending({ wait: 2 })).toEqual([]);
    expect(asked()).toBe(before);
    await approve('slow');
    expect((await login).code).toBe('Access-Accept');
    expect(asked()).toBe(before + 1);
  });

  test('FreeRADIUS’ own refusal passes with its words', async () => {
    const reply = await radclient(gateway, papLogin('disabled', homePasswords.disabled));
    expect(reply.code).toBe('Access-Reject');
    expect(reply.all('Reply-Message')).toEqual(['Account disabled']);
  });

  test('FreeRADIUS’ question and its answer pass, and then the phone is asked', async () => {
    const question = await radclient(gateway, papLogin('challenge', homePasswords.challenge));
    expect(question.code).toBe('Access-Challenge');
    expect(question.all('Reply-Message')).toEqual(['Enter your one-time code']);
    expect(question.all('Session-Timeout')).toEqual(['60']);
    expect(await phoneOf('challenge').pending()).toEqual([]);
    const state = ['State', question.all('State')[0] ?? ''] as const;
    const login = radclient(gateway, papLogin('challenge', homeCode, [state]));
    await approve('challenge');
    const reply = await login;
    expect(reply.code).toBe('Access-Accept');
    expect(reply.all('Filter-Id')).toEqual(['after-code']);
  });

  test('a wrong code is refused, and a State of somebody else’s conversation too', async () => {
    const begin = () => radclient(gateway, papLogin('challenge', homePasswords.challenge));
    const first = ['State', (await begin()).all('State')[0] ?? ''] as const;
    const refused = await radclient(gateway, papLogin('challenge', '000000', [first]));
    expect(refused.code).toBe('Access-Reject');
    const second = ['State', (await begin()).all('State')[0] ?? ''] as const;
    const stolen = await radclient(gateway, papLogin('bob', homeCode, [second]));
    expect(stolen.code).toBe('Access-Reject');
    expect(await vpn.lastActivity('bob')).toMatchObject({ reason: 'challenge_unknown' });
  });

  test('the gateway’s own attributes reach FreeRADIUS, its Proxy-State comes back', async () => {
    const states = [
      ['Proxy-State', '0x01'],
      ['Proxy-State', '0x0203'],
    ] as const;
    const login = radclient(gateway, papLogin('bob', homePasswords.bob, states));
    await approve('bob');
    const reply = await login;
    expect(reply.all('Proxy-State')).toEqual(['0x01', '0x0203']);
    expect(reply.attributes.slice(-2).map(([name]) => name)).toEqual(['Proxy-State', 'Proxy-State']);
  });

  test('when the first home server is dead the second answers, and the first is left alone for a while', async () => {
    const dead = await startFreeradius();
    dead.suspend();
    const patience = ['--timeout-ms', '300', '--tries', '2', '--dead-seconds', '60'];
    await vpn.addHomeServer('dead', dead, patience);
    const spare = await vpn.addGateway({ options: ['--home-server', 'dead', '--home-server', 'radius-1'] });
    const timeouts = () =>
      vpn.metric('countersign_home_server_exchanges_total', { home_server: 'dead', result: 'timeout' });
    for (const _ of [1, 2]) {
      const login = radclient(spare, papLogin('bob', homePasswords.bob));
      await approve('bob');
      expect((await login).code).toBe('Access-Accept');
      expect(await timeouts()).toBe(1);
    }
    await dead.stop();
  });

  test('when no home server answers the login is refused and the activity says so', async () => {
    const dead = await startFreeradius();
    dead.suspend();
    await vpn.addHomeServer('silent', dead, ['--timeout-ms', '200', '--tries', '1']);
    const lonely = await vpn.addGateway({ options: ['--home-server', 'silent'] });
    const reply = await radclient(lonely, papLogin('bob', homePasswords.bob));
    expect(reply.code).toBe('Access-Reject');
    expect(await vpn.lastActivity('bob')).toMatchObject({ reason: 'home_server_unavailable' });
    await dead.stop();
  });

  test('a home server with another secret is not believed', async () => {
    await vpn.addHomeServer('stranger', { ...home, secret: 'not the secret of radius-1' }, [
      ...['--timeout-ms', '200', '--tries', '1'],
    ]);
    const mistaken = await vpn.addGateway({ options: ['--home-server', 'stranger'] });
    const reply = await radclient(mistaken, papLogin('bob', homePasswords.bob));
    expect(reply.code).toBe('Access-Reject');
    expect(await vpn.lastActivity('bob')).toMatchObject({ reason: 'home_server_unavailable' });
  });

  test('somebody whom FreeRADIUS knows and the application does not is refused', async () => {
    const other = await vpn.addApplication('Empty');
    const door = await vpn.addGateway({ application: other.id, options: ['--home-server', 'radius-1'] });
    const reply = await radclient(door, papLogin('alice', homePasswords.alice));
    expect(reply.code).toBe('Access-Reject');
    expect(said(reply)).toEqual([]);
    expect(await vpn.lastActivity('alice')).toMatchObject({ reason: 'unknown_user' });
  });
});
