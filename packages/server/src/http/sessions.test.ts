// Getting into the console over HTTP: the cookie and its flags, who may use it, signing in and out.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSetupLink } from '#core/administrators/setup-link.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { becomeOwner, goodPassword, openBrowser, openTestDoor } from './sessions.test-support.ts';

onBothDatabases('sessions over HTTP', (db) => {
  test('a setup link, a session, administration, logging out, signing in', async () => {
    const door = await openTestDoor(db());
    const { token } = await createSetupLink(door.base, { kind: 'console' });
    const browser = openBrowser(door);
    expect((await browser.call('POST', '/v1/setup/inspect', { token })).body).toMatchObject({
      kind: 'setup',
    });
    const made = await browser.call('POST', '/v1/setup', { token, username: 'Ann', password: goodPassword });
    expect(made).toMatchObject({ status: 201, body: { administrator: { username: 'Ann', role: 'owner' } } });
    expect(made.setCookie).toMatch(
      /^__Host-countersign=cse_[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect((await browser.call('GET', '/v1/session')).body).toMatchObject({
      id: made.body.id,
      must_enrol: false,
    });
    const created = await browser.call('POST', '/v1/applications', { name: `By Ann ${randomUUID()}` });
    expect(created.status).toBe(201);
    const [event] = (await browser.call('GET', '/v1/audit-events?event=application.created')).body
      .items as Record<string, unknown>[];
    expect(event).toMatchObject({
      actor_kind: 'administrator',
      actor_id: (made.body.administrator as { id: string }).id,
    });
    const before = browser.cookie();
    const out = await browser.call('DELETE', '/v1/session');
    expect(out.status).toBe(204);
    expect(out.setCookie).toMatch(/^__Host-countersign=; .*Expires=Thu, 01 Jan 1970/);
    browser.take(before);
    expect((await browser.call('GET', '/v1/session')).body.code).toBe('unauthorized');
    browser.take(undefined);

    const again = await browser.call('POST', '/v1/session/password', {
      username: 'ANN',
      password: goodPassword,
    });
    expect(again).toMatchObject({
      status: 200,
      body: { status: 'signed_in', session: { must_enrol: true } },
    });
    expect((await browser.call('GET', '/v1/session')).status).toBe(200);
    expect((await browser.call('GET', '/v1/applications')).body.code).toBe('second_factor_missing');
    const logged = door.lines.join('');
    expect(logged).toContain(`"caller":"adm_`);
    for (const secret of [token, goodPassword, before!.split('=')[1]!]) expect(logged).not.toContain(secret);
    expect(logged).not.toContain('undeclared');
  });

  test.each([
    ['http://localhost:8080', 'countersign', 'Path=/; HttpOnly; SameSite=Strict'],
    ['https://example.com/mfa', '__Secure-countersign_mfa', 'Path=/mfa; HttpOnly; Secure; SameSite=Strict'],
    ['http://localhost:8080/a/b', 'countersign_a_b', 'Path=/a/b; HttpOnly; SameSite=Strict'],
  ])('the cookie of %s', async (publicUrl, name, flags) => {
    const door = await openTestDoor(db(), publicUrl);
    const { token } = await createSetupLink(door.base, { kind: 'console' });
    const { setCookie } = await openBrowser(door).call('POST', '/v1/setup', {
      token,
      username: publicUrl,
      password: goodPassword,
    });
    expect(setCookie).toMatch(new RegExp(`^${name}=cse_[^;]+; ${flags}$`));
  });

  test('a link that is opened in a browser with a session ends that session', async () => {
    const door = await openTestDoor(db());
    const owner = await becomeOwner(door);
    const before = owner.cookie();
    const { token } = await createSetupLink(door.base, { kind: 'console' });
    const given = { token, username: `second ${randomUUID()}`, password: goodPassword };
    expect((await owner.call('POST', '/v1/setup', given)).status).toBe(201);
    expect((await owner.call('GET', '/v1/session')).body.administrator).toMatchObject({
      username: given.username,
    });
    owner.take(before);
    expect((await owner.call('GET', '/v1/session')).status).toBe(401);
  });

  test('nobody else’s page may use the session', async () => {
    const door = await openTestDoor(db());
    const { call, cookie } = await becomeOwner(door);
    const own = 'https://mfa.example.test';
    const evil = 'https://evil.example';
    const post = (headers: Record<string, string | undefined>) =>
      call('POST', '/v1/applications', { name: `n ${randomUUID()}` }, headers);
    const table: [Record<string, string | undefined>, number][] = [
      [{ origin: own }, 201],
      [{ origin: evil }, 403],
      [{ origin: 'null' }, 403],
      [{ origin: undefined }, 403],
      [{ origin: `${own}.evil.example` }, 403],
      [{ origin: 'http://mfa.example.test' }, 403],
      [{ origin: own, 'sec-fetch-site': 'cross-site' }, 403],
      [{ origin: own, authorization: 'Bearer cat_unknown' }, 401],
    ];
    for (const [headers, status] of table)
      expect((await post(headers)).status, JSON.stringify(headers)).toBe(status);
    const get = async (headers: Record<string, string | undefined>) =>
      (await call('GET', '/v1/applications', undefined, headers)).status;
    expect(await get({})).toBe(200);
    expect(await get({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await get({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await get({ 'sec-fetch-site': 'none' })).toBe(200);
    expect(await get({ origin: evil })).toBe(403);
    expect(await get({ cookie: undefined })).toBe(401);
    // Signing somebody in from another site is refused as well; programs send no Origin.
    const signIn = async (headers: Record<string, string | undefined>) =>
      (
        await openBrowser(door).call(
          'POST',
          '/v1/session/password',
          { username: 'nobody', password: 'x' },
          headers,
        )
      ).body.code;
    expect(await signIn({ origin: evil })).toBe('forbidden');
    expect(await signIn({ origin: undefined, 'sec-fetch-site': undefined })).toBe('sign_in_refused');
    expect(cookie()).toBeDefined();
  });

  test('a second cookie of the name, planted at a longer path, signs nobody in as somebody else', async () => {
    const door = await openTestDoor(db(), 'https://example.com/mfa');
    const [own, planted] = [await becomeOwner(door), await becomeOwner(door)];
    const both = `other=1; ${planted.cookie()}; ${own.cookie()}`;
    const twice = await own.call('GET', '/v1/session', undefined, { cookie: both });
    expect(twice).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(twice.body.detail).toContain('delete the cookies of this host');
    const above = `${own.cookie()}; countersign=${planted.cookie()?.split('=')[1]}`;
    const one = await own.call('GET', '/v1/session', undefined, { cookie: above });
    expect(one.body.administrator).toMatchObject({ username: own.username });
  });

  test('a user’s password is power: it is given only with a fresh proof, what else is changed is not', async () => {
    const door = await openTestDoor(db());
    const { call, username } = await becomeOwner(door);
    const { id } = (await call('POST', '/v1/applications', { name: `n ${randomUUID()}` })).body;
    const user = { application_id: id, username: 'alice' };
    const made = await call('POST', '/v1/users', { ...user, password: goodPassword });
    expect(made.status).toBe(201);
    door.clock.turn(6 * 60_000);
    const path = `/v1/users/${String(made.body.id)}`;
    const change = async (body: object) => (await call('PATCH', path, body)).body.code;
    expect(await change({ password: goodPassword })).toBe('step_up_required');
    expect(await change({ password: null })).toBe('step_up_required');
    expect(await change({ full_name: 'Alice' })).toBeUndefined();
    const bob = { ...user, username: 'bob' };
    expect((await call('POST', '/v1/users', { ...bob, password: goodPassword })).body.code).toBe(
      'step_up_required',
    );
    expect((await call('POST', '/v1/users', bob)).status).toBe(201);
    expect((await call('POST', '/v1/session/step-up', { password: goodPassword })).body).toMatchObject({
      administrator: { username },
    });
    expect(await change({ password: goodPassword })).toBeUndefined();
    expect(door.lines.join('')).not.toContain('undeclared');
  });

  test('no default gets in: one answer for every cause', async () => {
    const door = await openTestDoor(db());
    const { username } = await becomeOwner(door);
    const attempts: [string, string][] = [
      ['admin', 'admin'],
      ['root', 'password'],
      [username, 'wrong'],
      [username, `${goodPassword} `],
      ['a\u0007b', 'x'],
    ];
    for (const [index, [name, password]] of attempts.entries()) {
      const { status, body, setCookie } = await openBrowser(door, `192.0.2.${index}`).call(
        'POST',
        '/v1/session/password',
        { username: name, password },
      );
      expect({ status, code: body.code, setCookie }).toEqual({
        status: 401,
        code: 'sign_in_refused',
        setCookie: undefined,
      });
    }
    for (const empty of [
      { username: '', password: '' },
      { username, password: '' },
      { username: 'admin', password: '' },
    ])
      expect((await openBrowser(door).call('POST', '/v1/session/password', empty)).body.code).toBe(
        'invalid_request',
      );
  });
});
