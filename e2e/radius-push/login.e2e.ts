// A VPN login approved on a phone, and every way in which it is not; told by the real server, radclient and a soft authenticator.
import { Code, rfc2865, writeAttribute } from '@countersign/radius';
import { openNas } from '@countersign/testkit/peers/nas.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployVpn, type Gateway, requestOn, textOf, type Vpn } from '../vpn.ts';

/** Each look is a command of its own. */

describe.each(databases)('a VPN login with $name', (database) => {
  if (!database.here) {
    test.skip(`${database.name} is not installed`);
    return;
  }

  let vpn: Vpn;
  let gateway: Gateway;
  let numbers: Gateway;
  beforeAll(async () => {
    vpn = await deployVpn({ databaseUrl: await database.create() });
    [gateway, numbers] = await Promise.all([
      vpn.addGateway(),
      vpn.addGateway({ options: ['--number-matching'] }),
    ]);
  });
  afterAll(async () => {
    await vpn?.stop();
    await database.stop();
  });

  /** What everybody who is not let in gets, whatever the reason. */
  const saysNothing = (reply: { code: string; attributes: readonly (readonly [string, string])[] }) => {
    expect(reply.code).toBe('Access-Reject');
    expect(reply.attributes.map(([name]) => name)).toEqual(['Message-Authenticator']);
  };

  test('alice approves on her phone and is let in', async () => {
    const { user, phone } = await vpn.addUserWithPhone({ username: 'alice' });
    const from = ['Calling-Station-Id', '203.0.113.9'] as const;
    const login = radclient(gateway, papLogin(user.username, user.password, [from]));
    const request = await requestOn(phone);
    expect(request.content).toMatchObject({
      application: { name: 'VPN', access_id: vpn.application.access_id },
      username: 'alice',
      title: 'Log in to VPN',
      client: { name: gateway.name, address: '203.0.113.9' },
    });
    expect(request.content.expires_at - request.content.created_at).toBe(60_000);
    expect(await phone.answer(request, { decision: 'approve' })).toEqual({ status: 'approved' });

    const reply = await login;
    expect(reply.code).toBe('Access-Accept');
    expect(reply.attributes.map(([name]) => name)).toEqual(['Message-Authenticator', 'Class']);
    expect(textOf(reply.all('Class')[0])).toBe(request.content.request_id);
    const activity = await vpn.activity(request.content.request_id);
    expect(activity).toMatchObject({ status: 'approved', reason: null, door: 'radius', username: 'alice' });
    const steps = ['received', 'user_found', 'password_correct', 'request_sent', 'approved'];
    expect(activity.steps.map(({ code }) => code)).toEqual(steps);
    expect(activity.steps[0]?.text).toContain('203.0.113.9');
  });

  test('who denies on the phone keeps the login out', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const login = radclient(gateway, papLogin(user.username, user.password));
    const request = await requestOn(phone);
    await phone.answer(request, { decision: 'deny' });
    saysNothing(await login);
    const activity = await vpn.activity(request.content.request_id);
    expect(activity).toMatchObject({ status: 'denied', reason: 'denied_by_user' });
    expect(activity.reason_text).toBe('The user denied the request.');
  });

  test('a request that nobody answers expires, and a late approval lets nobody in', async () => {
    const quick = await vpn.addApplication('Quick VPN', ['--request-seconds', '10']);
    const owner = { application: quick.id };
    const [door, { user, phone }] = await Promise.all([vpn.addGateway(owner), vpn.addUserWithPhone(owner)]);
    const login = radclient(door, papLogin(user.username, user.password));
    const request = await requestOn(phone);
    saysNothing(await login);
    const late = phone.answer(request, { decision: 'approve' });
    await expect(late).rejects.toMatchObject({ status: 410, document: { code: 'challenge_expired' } });
    expect(await vpn.activity(request.content.request_id)).toMatchObject({
      status: 'expired',
      reason: 'expired',
    });
  });

  /** Begins a login at the door that shows numbers. */
  const beginWithNumber = async (user: { username: string; password: string }) => {
    const asked = await radclient(numbers, papLogin(user.username, user.password));
    expect(asked.code).toBe('Access-Challenge');
    const number = /\d{2}/.exec(asked.all('Reply-Message')[0] ?? '')?.[0] ?? '';
    const state = ['State', asked.all('State')[0] ?? ''] as const;
    return { number, goOn: () => radclient(numbers, papLogin(user.username, '', [state])) };
  };

  test('the number shown at the login, typed on the phone, lets in', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const { number, goOn } = await beginWithNumber(user);
    const login = goOn();
    const request = await requestOn(phone);
    expect(request.content.number).toEqual({ digits: 2 });
    expect(request.plaintext).not.toContain(`"${number}"`);
    await phone.answer(request, { decision: 'approve', number });
    expect((await login).code).toBe('Access-Accept');
  });

  test('one wrong number is final', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const { number, goOn } = await beginWithNumber(user);
    const request = await requestOn(phone);
    const wrong = number === '42' ? '43' : '42';
    const answered = await phone.answer(request, { decision: 'approve', number: wrong });
    expect(answered).toEqual({ status: 'denied', reason: 'wrong_number' });
    const again = phone.answer(request, { decision: 'approve', number });
    await expect(again).rejects.toMatchObject({ document: { code: 'challenge_decided' } });
    saysNothing(await goOn());
    const activity = await vpn.activity(request.content.request_id);
    expect(activity).toMatchObject({ status: 'denied', reason: 'wrong_number' });
  });

  test('“it was not me” holds further requests until an administrator releases them', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const login = radclient(gateway, papLogin(user.username, user.password));
    const request = await requestOn(phone);
    await phone.answer(request, { decision: 'report' });
    saysNothing(await login);
    expect(await vpn.activity(request.content.request_id)).toMatchObject({ reason: 'reported_by_user' });

    saysNothing(await radclient(gateway, papLogin(user.username, user.password)));
    expect(await vpn.lastActivity(user.username)).toMatchObject({
      status: 'denied',
      reason: 'requests_held',
    });
    expect(await phone.pending()).toEqual([]);
    expect(await phone.status()).toMatchObject({ requests_held: true });

    await vpn.installation.json(['users', 'release-requests', user.id]);
    const second = radclient(gateway, papLogin(user.username, user.password));
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    expect((await second).code).toBe('Access-Accept');
  });

  test('whoever cannot be asked is refused in the same words, and the activity says why', async () => {
    const [alone, guessed, disabled, lost] = await Promise.all([
      vpn.addUser(),
      vpn.addUserWithPhone(),
      vpn.addUserWithPhone(),
      vpn.addUserWithPhone(),
    ]);
    await vpn.installation.json(['users', 'change', disabled.user.id, '--no-enabled']);
    const [device] = await vpn.devicesOf(lost.user);
    await vpn.installation.json(['devices', 'delete', device?.id ?? '', '--yes']);
    const nobody = { username: `nobody-${database.name}`, password: 'whatever it is' };
    const refused = [
      [nobody, 'unknown_user'],
      [{ ...guessed.user, password: 'not the password' }, 'wrong_password'],
      [alone, 'no_device'],
      [disabled.user, 'user_disabled'],
      [lost.user, 'no_device'],
    ] as const;
    for (const [{ username, password }, reason] of refused) {
      saysNothing(await radclient(gateway, papLogin(username, password)));
      expect(await vpn.lastActivity(username)).toMatchObject({ status: 'denied', reason });
    }
    // A wrong password must not reach the phone.
    expect(await guessed.phone.pending()).toEqual([]);
  });

  test('packets sent again while the phone is asked are one request and get the same bytes', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const nas = await openNas(gateway);
    const packet = nas.prepare({ username: user.username, password: user.password });
    await nas.send(packet);
    const request = await requestOn(phone);
    await nas.send(packet);
    await nas.send(packet);
    expect(await phone.pending()).toHaveLength(1);
    await phone.answer(request, { decision: 'approve' });
    const first = await nas.receive(packet);
    expect(first).toMatchObject({ code: Code.AccessAccept });
    const again = await nas.exchange(packet);
    expect(again?.bytes).toEqual(first?.bytes);
    const { steps } = await vpn.activity(request.content.request_id);
    expect(steps.map(({ code }) => code)).not.toContain('joined');
    await nas.close();
  });

  test('the same login from a new port joins the open request', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const from = writeAttribute(rfc2865.CallingStationId, '203.0.113.7');
    const { username, password } = user;
    const [one, two] = await Promise.all([openNas(gateway), openNas(gateway)]);
    const packets = [one, two].map((nas) => nas.prepare({ username, password, attributes: [from] }));
    const [first, second] = packets as [Uint8Array, Uint8Array];
    await one.send(first);
    const request = await requestOn(phone);
    await two.send(second);
    await expect
      .poll(async () => (await vpn.activity(request.content.request_id)).steps.map(({ code }) => code))
      .toContain('joined');
    expect(await phone.pending()).toHaveLength(1);
    await phone.answer(request, { decision: 'approve' });
    const replies = await Promise.all([one.receive(first), two.receive(second)]);
    expect(replies.map((reply) => reply?.code)).toEqual([Code.AccessAccept, Code.AccessAccept]);
    await Promise.all([one.close(), two.close()]);
  });

  test('two phones of one user: the first answer wins', async () => {
    const { user, phone } = await vpn.addUserWithPhone({ options: ['--device-limit', '2'] });
    const other = await vpn.addPhone(user);
    const login = radclient(gateway, papLogin(user.username, user.password));
    const [here, there] = await Promise.all([requestOn(phone), requestOn(other)]);
    const answers = await Promise.allSettled([
      phone.answer(here, { decision: 'approve' }),
      other.answer(there, { decision: 'approve' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await login).code).toBe('Access-Accept');
  });

  test('the audit trail is whole after all of this', async () => {
    const { code, stdout } = await vpn.installation.countersign(['audit', 'verify']);
    expect({ code, stdout }).toMatchObject({ code: 0 });
  });
});
