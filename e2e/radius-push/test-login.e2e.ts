// A login that the server plays itself, as the console has it do: with each client's own settings, and real in every respect.
import type { TestLoginResult } from '@countersign/contract/overview-models.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { apiToken, deployVpn, requestOn, type Vpn, type VpnUser } from '../vpn.ts';

describe.each(databases)('a login played with $name', (database) => {
  if (!database.here) {
    test.skip(`${database.name} is not installed`);
    return;
  }

  let vpn: Vpn;
  let authorization: string;
  beforeAll(async () => {
    vpn = await deployVpn({ databaseUrl: await database.create() });
    authorization = `Bearer ${await apiToken(vpn, 'radius')}`;
  });
  afterAll(async () => {
    await vpn?.stop();
    await database.stop();
  });

  let made = 0;
  /** A gateway that is far away, made this very moment. */
  const newClient = async (...options: readonly string[]): Promise<string> => {
    made += 1;
    const network = `198.51.${made}.0/24`;
    const { id } = await vpn.installation.json<{ id: string }>([
      ...['radius-clients', 'create', '--name', `far-${made}`, '--application', vpn.application.id],
      ...['--network', network, ...options],
    ]);
    return id;
  };
  const call = (
    id: string,
    { username, password }: Pick<VpnUser, 'username' | 'password'>,
    signal: AbortSignal | null = null,
  ) =>
    fetch(`${vpn.installation.url}/v1/radius-clients/${id}/test-login`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
      signal,
    });
  const play = async (id: string, user: VpnUser): Promise<TestLoginResult> => {
    const response = await call(id, user);
    expect(response.status).toBe(200);
    return (await response.json()) as TestLoginResult;
  };

  test('approved on the phone, it is accepted, and recorded like any login', async () => {
    const [id, { user, phone }] = await Promise.all([newClient(), vpn.addUserWithPhone()]);
    const played = play(id, user);
    const request = await requestOn(phone);
    expect(request.content).toMatchObject({ username: user.username, client: { address: '127.0.0.1' } });
    await phone.answer(request, { decision: 'approve' });
    const { request_id } = request.content;
    expect(await played).toMatchObject({ answer: 'accepted', auth_request_id: request_id, message: null });
    expect(await vpn.activity(request_id)).toMatchObject({ status: 'approved', door: 'radius' });
    const events = await vpn.installation.json<{ items: { event: string }[] }>(['audit', 'list']);
    expect(events.items).toContainEqual(
      expect.objectContaining({
        ...{ event: 'test_login.played', actor_kind: 'api_client', subject_id: id },
        data: { username: user.username },
      }),
    );
    expect(await vpn.metric('countersign_radius_decisions_total', { outcome: 'accepted' })).toBeGreaterThan(
      0,
    );
    expect(vpn.server().output()).not.toContain(user.password);
  });

  test('a wrong password is rejected, and the activity says why', async () => {
    const [id, user] = await Promise.all([newClient(), vpn.addUser()]);
    const result = await play(id, { ...user, password: 'wrong' });
    expect(result.answer).toBe('rejected');
    expect(await vpn.activity(result.auth_request_id ?? '')).toMatchObject({ reason: 'wrong_password' });
  });

  test('number matching: the answer is a challenge with the number, which the phone takes', async () => {
    const [id, { user, phone }] = await Promise.all([newClient('--number-matching'), vpn.addUserWithPhone()]);
    const result = await play(id, user);
    expect(result.answer).toBe('challenged');
    const number = /\d{2}/.exec(result.message ?? '')?.[0] ?? '';
    const request = await requestOn(phone);
    expect(request.content.request_id).toBe(result.auth_request_id);
    expect(await phone.answer(request, { decision: 'approve', number })).toEqual({ status: 'approved' });
  });

  test('a realm that the client strips is stripped', async () => {
    const [id, user] = await Promise.all([newClient('--strip-realm'), vpn.addUser()]);
    const result = await play(id, { ...user, username: `${user.username}@corp.example`, password: 'wrong' });
    const activity = await vpn.activity(result.auth_request_id ?? '');
    expect(activity).toMatchObject({ reason: 'wrong_password', username: user.username });
  });

  test('a second try is a login of its own; a third at the same time must wait its turn', async () => {
    const [id, { user, phone }] = await Promise.all([newClient(), vpn.addUserWithPhone()]);
    const gone = new AbortController();
    const first = call(id, user, gone.signal).catch(() => undefined);
    const shown = await requestOn(phone);
    const other = await vpn.addUserWithPhone();
    const second = play(id, other.user);
    const asked = await requestOn(other.phone);
    expect(asked.content.request_id).not.toBe(shown.content.request_id);
    expect((await call(id, user)).status).toBe(429);

    // Who goes away gives the place back; the login itself goes on, as when a gateway gives up.
    gone.abort();
    await first;
    await phone.answer(shown, { decision: 'deny' });
    await other.phone.answer(asked, { decision: 'approve' });
    expect((await second).answer).toBe('accepted');
    expect(await vpn.activity(shown.content.request_id)).toMatchObject({ reason: 'denied_by_user' });
  });

  test('a disabled client cannot be reached, and what is no client is not found', async () => {
    const [id, user] = await Promise.all([newClient('--no-enabled'), vpn.addUser()]);
    expect(await play(id, user)).toMatchObject({ answer: 'unreachable', auth_request_id: null });
    const nobody = 'rcl_0199c0de-0000-7000-8000-000000000001';
    expect((await call(nobody, user)).status).toBe(404);
  });
});
