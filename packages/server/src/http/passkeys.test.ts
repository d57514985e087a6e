// Passkeys over HTTP: made, used to sign in, to go on and to prove anew; and everything that must be refused.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSetupLink } from '#core/administrators/setup-link.ts';
import { SoftPasskey } from '#core/administrators/soft-passkey.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import {
  becomeOwner,
  goodPassword,
  openBrowser,
  openTestDoor,
  type TestBrowser,
  type TestDoor,
} from './sessions.test-support.ts';

const origin = 'https://mfa.example.test';
type Options = Record<string, unknown>;
type Liberties = Parameters<SoftPasskey['get']>[1];

async function add({ call }: TestBrowser, passkey: SoftPasskey, wrong: Liberties = {}, name = 'Key') {
  const { body } = await call('POST', '/v1/session/passkeys/options');
  const credential = passkey.create(body.options as Options, wrong);
  const given = { ceremony_id: body.ceremony_id, ...(name !== '' && { name }), credential };
  return { given, answer: await call('POST', '/v1/session/passkeys', given) };
}

async function use({ call }: TestBrowser, passkey: SoftPasskey, wrong: Liberties = {}) {
  const { body } = await call('POST', '/v1/session/passkey-options');
  const options = body.options as Options;
  const given = { ceremony_id: body.ceremony_id, credential: passkey.get(options, wrong) };
  return { options, given, answer: await call('POST', '/v1/session/passkey', given) };
}

async function ownerWithPasskey(door: TestDoor) {
  const owner = await becomeOwner(door);
  const passkey = new SoftPasskey(origin);
  expect((await add(owner, passkey)).answer.status).toBe(201);
  return { owner, passkey };
}

const reasons = async (door: TestDoor) => {
  const rows = await door.base.db.read
    .selectFrom('audit_events')
    .select('data')
    .where('event', '=', 'session.refused')
    .where('chain', '=', door.base.auditChain)
    .orderBy('sequence')
    .execute();
  return rows.map(({ data }) => (JSON.parse(data) as { reason: string }).reason);
};

onBothDatabases('passkeys over HTTP', (db) => {
  test('a setup link makes an owner with nothing but a passkey, who signs in by it', async () => {
    const door = await openTestDoor(db());
    const { token } = await createSetupLink(door.base, { kind: 'console' });
    const browser = openBrowser(door);
    const username = `ann ${randomUUID()}`;
    const begun = await browser.call('POST', '/v1/setup/passkey-options', { token, username });
    expect(begun.body.options).toMatchObject({
      rp: { id: 'mfa.example.test', name: 'Countersign' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const passkey = new SoftPasskey(origin);
    const credential = passkey.create(begun.body.options as Options);
    const given = {
      token,
      username,
      passkey: { ceremony_id: begun.body.ceremony_id, name: 'Laptop', credential },
    };
    const made = await browser.call('POST', '/v1/setup', given);
    expect(made).toMatchObject({ status: 201, body: { must_enrol: false, verify_with: ['passkey'] } });

    door.clock.turn(1);
    const another = openBrowser(door);
    const { options, answer } = await use(another, passkey);
    expect(options).not.toHaveProperty('allowCredentials');
    expect(options).toMatchObject({ userVerification: 'required', rpId: 'mfa.example.test' });
    expect(answer).toMatchObject({ status: 200, body: { administrator: { username }, must_enrol: false } });
    expect((await another.call('GET', '/v1/applications')).status).toBe(200);
    expect((await another.call('GET', '/v1/session/passkeys')).body.items).toMatchObject([
      { name: 'Laptop', synced: false, last_used_at: door.clock.now() },
    ]);
    expect((await another.call('GET', '/v1/session/sessions')).body.items).toMatchObject([
      { is_current: true, user_agent: 'Test browser', address: '192.0.2.7' },
      { is_current: false },
    ]);
  });

  test('a passkey without a name is called after where it was made, and is renamed by its owner alone', async () => {
    const door = await openTestDoor(db());
    const owner = await becomeOwner(door);
    const { answer } = await add(owner, new SoftPasskey(origin), {}, '');
    expect(answer).toMatchObject({ status: 201, body: { name: 'Passkey' } });
    const path = `/v1/session/passkeys/${String(answer.body.id)}`;
    const renamed = await owner.call('PATCH', path, { name: 'Blue key' });
    expect(renamed).toMatchObject({ status: 200, body: { id: answer.body.id, name: 'Blue key' } });
    expect((await owner.call('PATCH', path, { name: 'Blue key' })).status).toBe(200);
    expect((await owner.call('PATCH', path, { name: '' })).status).toBe(400);
    const other = await becomeOwner(door);
    expect((await other.call('PATCH', path, { name: 'Mine' })).status).toBe(404);
    const { body } = await owner.call('GET', '/v1/audit-events?event=passkey.renamed');
    const told = (body.items as { data: { passkey_id: string } }[]).filter(
      ({ data }) => data.passkey_id === answer.body.id,
    );
    expect(told).toMatchObject([{ data: { name: 'Blue key', name_before: 'Passkey' } }]);
  });

  test('after the password the passkey is asked for, and half a session is good for nothing else', async () => {
    const door = await openTestDoor(db());
    const { owner, passkey } = await ownerWithPasskey(door);
    const browser = openBrowser(door);
    const half = await browser.call('POST', '/v1/session/password', {
      username: owner.username,
      password: goodPassword,
    });
    expect(half.body).toEqual({
      status: 'second_factor',
      methods: ['passkey'],
      expires_at: door.clock.now() + 300_000,
    });
    const before = browser.cookie();
    for (const path of ['/v1/session', '/v1/applications', '/v1/session/passkeys'])
      expect((await browser.call('GET', path)).body.code).toBe('unauthorized');
    const { options, answer } = await use(browser, passkey);
    expect(options).toMatchObject({ allowCredentials: [{ id: passkey.id }] });
    expect(answer.status).toBe(200);
    // What the browser had before is worth nothing.
    expect(browser.cookie()).not.toBe(before);
    const old = openBrowser(door);
    old.take(before);
    expect((await use(old, passkey)).options).not.toHaveProperty('allowCredentials');
    expect((await browser.call('GET', '/v1/applications')).status).toBe(200);
  });

  test('refused: no user verification, another origin, another site, another challenge, a replay, a lower counter', async () => {
    const door = await openTestDoor(db());
    const { owner, passkey } = await ownerWithPasskey(door);
    let places = 0;
    const fresh = () => openBrowser(door, `192.0.2.${(places += 1)}`);
    const refused = { status: 401, body: { code: 'sign_in_refused' }, setCookie: undefined };
    for (const wrong of [
      { verified: false },
      { origin: 'https://evil.example' },
      { origin: 'http://mfa.example.test' },
      { rpId: 'example.test' },
      { challenge: 'AAAA' },
      { userHandle: Buffer.from('adm_other').toString('base64url') },
      { userHandle: null },
    ])
      expect((await use(fresh(), passkey, wrong)).answer, JSON.stringify(wrong)).toMatchObject(refused);
    const stranger = new SoftPasskey(origin);
    stranger.create({ rp: { id: 'mfa.example.test' }, user: { id: 'x' }, challenge: 'AAAA' });
    expect((await use(fresh(), stranger)).answer).toMatchObject(refused);

    const browser = fresh();
    const { given, answer } = await use(browser, passkey);
    expect(answer.status).toBe(200);
    expect(await fresh().call('POST', '/v1/session/passkey', given)).toMatchObject(refused);
    expect((await use(fresh(), passkey, { counter: passkey.counter })).answer).toMatchObject(refused);
    expect((await use(fresh(), passkey, { counter: 0 })).answer).toMatchObject(refused);
    for (const odd of [{}, { id: 1 }, { id: passkey.id }, { id: passkey.id, response: null }]) {
      const { body } = await fresh().call('POST', '/v1/session/passkey-options');
      const answered = await fresh().call('POST', '/v1/session/passkey', {
        ceremony_id: body.ceremony_id,
        credential: odd,
      });
      expect(answered).toMatchObject(refused);
    }
    const listed = await owner.call('GET', '/v1/session/passkeys');
    expect(listed.body.items).toHaveLength(1);
    expect(new Set(await reasons(door))).toEqual(new Set(['passkey_not_accepted']));
    expect(door.lines.join('')).not.toContain('defect');
  });

  test('a ceremony used twice at once signs in once, and is over after five minutes', async () => {
    const door = await openTestDoor(db());
    const { passkey } = await ownerWithPasskey(door);
    const { body } = await openBrowser(door).call('POST', '/v1/session/passkey-options');
    const given = { ceremony_id: body.ceremony_id, credential: passkey.get(body.options as Options) };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => openBrowser(door).call('POST', '/v1/session/passkey', given)),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401, 401]);
    const late = await openBrowser(door).call('POST', '/v1/session/passkey-options');
    const credential = passkey.get(late.body.options as Options);
    door.clock.turn(300_000);
    const tooLate = { ceremony_id: late.body.ceremony_id, credential };
    expect((await openBrowser(door).call('POST', '/v1/session/passkey', tooLate)).status).toBe(401);
  });

  test('two copies of a passkey with one counter: of two at once, one gets in', async () => {
    const door = await openTestDoor(db());
    const { passkey } = await ownerWithPasskey(door);
    const begun = await Promise.all(
      [1, 2, 3].map(() => openBrowser(door).call('POST', '/v1/session/passkey-options')),
    );
    const answers = await Promise.all(
      begun.map(({ body }) =>
        openBrowser(door).call('POST', '/v1/session/passkey', {
          ceremony_id: body.ceremony_id,
          credential: passkey.get(body.options as Options, { counter: 77 }),
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
  });

  test('an added passkey must be made here, now, by this session, with its user verified', async () => {
    const door = await openTestDoor(db());
    const owner = await becomeOwner(door);
    const other = await becomeOwner(door);
    const refused = { status: 422, body: { code: 'passkey_refused' } };
    for (const wrong of [
      { verified: false },
      { origin: 'https://evil.example' },
      { rpId: 'example.test' },
      { challenge: 'AAAA' },
    ])
      expect((await add(owner, new SoftPasskey(origin), wrong)).answer, JSON.stringify(wrong)).toMatchObject(
        refused,
      );
    const passkey = new SoftPasskey(origin);
    const { given, answer } = await add(owner, passkey);
    expect(answer).toMatchObject({ status: 201, body: { name: 'Key', last_used_at: null } });
    expect(await owner.call('POST', '/v1/session/passkeys', given)).toMatchObject(refused);
    // Somebody else's ceremony, and somebody else's passkey.
    const { body } = await other.call('POST', '/v1/session/passkeys/options');
    const foreign = {
      ceremony_id: body.ceremony_id,
      name: 'x',
      credential: new SoftPasskey(origin).create(body.options as Options),
    };
    expect(await owner.call('POST', '/v1/session/passkeys', foreign)).toMatchObject(refused);
    expect((await add(other, passkey)).answer).toMatchObject(refused);
    // A ceremony to sign in with is none to make a passkey with.
    const signIn = await owner.call('POST', '/v1/session/passkey-options');
    const crossed = { ...given, ceremony_id: signIn.body.ceremony_id };
    expect(await owner.call('POST', '/v1/session/passkeys', crossed)).toMatchObject(refused);
  });

  test('a fresh proof is needed for what destroys; a passkey gives it, and the password does not where there is one', async () => {
    const door = await openTestDoor(db());
    const { owner, passkey } = await ownerWithPasskey(door);
    const { body: application } = await owner.call('POST', '/v1/applications', { name: `a ${randomUUID()}` });
    const path = `/v1/applications/${String(application.id)}`;
    door.clock.turn(5 * 60_000);
    expect((await owner.call('DELETE', path)).body.code).toBe('step_up_required');
    expect((await owner.call('POST', '/v1/session/step-up', { password: goodPassword })).body.code).toBe(
      'sign_in_refused',
    );
    const stranger = await ownerWithPasskey(door);
    expect((await use(owner, stranger.passkey)).answer.status).toBe(401);
    const before = owner.cookie();
    const { options, answer } = await use(owner, passkey);
    expect(options).toMatchObject({ allowCredentials: [{ id: passkey.id }] });
    expect(answer).toMatchObject({
      status: 200,
      body: { verified_until: door.clock.now() + 5 * 60_000, step_up_minutes: 5 },
    });
    expect(owner.cookie()).toBe(before);
    expect((await owner.call('DELETE', path)).status).toBe(204);
  });

  test('a disabled administrator and an ended session are out at once', async () => {
    const door = await openTestDoor(db());
    const boss = await becomeOwner(door);
    const { owner, passkey } = await ownerWithPasskey(door);
    const { body } = await owner.call('GET', '/v1/session');
    const { id } = body.administrator as { id: string };
    const second = openBrowser(door);
    expect((await use(second, passkey)).answer.status).toBe(200);
    type Listed = { id: string; is_current: boolean };
    const { items } = (await owner.call('GET', '/v1/session/sessions')).body as unknown as {
      items: Listed[];
    };
    const other = items.find((session) => !session.is_current);
    expect((await owner.call('DELETE', `/v1/session/sessions/${other!.id}`)).status).toBe(204);
    expect((await second.call('GET', '/v1/session')).status).toBe(401);
    expect((await boss.call('PATCH', `/v1/administrators/${id}`, { enabled: false })).status).toBe(200);
    expect((await owner.call('GET', '/v1/session')).status).toBe(401);
    expect((await use(openBrowser(door), passkey)).answer.status).toBe(401);
    expect((await boss.call('PATCH', `/v1/administrators/${id}`, { enabled: true })).status).toBe(200);
    expect((await owner.call('GET', '/v1/session')).status).toBe(401);
    expect((await use(openBrowser(door), passkey)).answer.status).toBe(200);
  });

  test('factors can be taken away while a way in remains', async () => {
    const door = await openTestDoor(db());
    const { owner } = await ownerWithPasskey(door);
    const [only] = (await owner.call('GET', '/v1/session/passkeys')).body.items as { id: string }[];
    const lastFactor = { status: 409, body: { code: 'last_factor' } };
    expect(await owner.call('DELETE', `/v1/session/passkeys/${only!.id}`)).toMatchObject(lastFactor);
    const weak = await owner.call('PUT', '/v1/session/password', { password: 'passwordpassword' });
    expect(weak).toMatchObject({ status: 422, body: { code: 'password_too_weak' } });
    const without = await owner.call('PUT', '/v1/session/password', { password: null });
    expect(without).toMatchObject({ status: 200, body: { administrator: { has_password: false } } });
    expect(await owner.call('DELETE', `/v1/session/passkeys/${only!.id}`)).toMatchObject(lastFactor);
    await add(owner, new SoftPasskey(origin));
    expect((await owner.call('DELETE', `/v1/session/passkeys/${only!.id}`)).status).toBe(204);
    expect((await owner.call('DELETE', `/v1/session/passkeys/${only!.id}`)).status).toBe(404);
    // Who signs in with a password alone stays half in until a passkey is there.
    const plain = await becomeOwner(door);
    expect(await plain.call('PUT', '/v1/session/password', { password: null })).toMatchObject(lastFactor);
    const again = openBrowser(door);
    await again.call('POST', '/v1/session/password', { username: plain.username, password: goodPassword });
    expect((await again.call('GET', '/v1/users')).body.code).toBe('second_factor_missing');
    expect((await add(again, new SoftPasskey(origin))).answer.status).toBe(201);
    expect((await again.call('GET', '/v1/users')).status).toBe(200);
  });

  test.each(['http://192.0.2.1:8080', 'http://mfa.example.test', 'https://[2001:db8::1]'])(
    'no passkeys at %s',
    async (publicUrl) => {
      const door = await openTestDoor(db(), publicUrl);
      const owner = await becomeOwner(door);
      for (const path of ['/v1/session/passkey-options', '/v1/session/passkeys/options'])
        expect(await owner.call('POST', path)).toMatchObject({
          status: 409,
          body: { code: 'passkeys_unsupported' },
        });
    },
  );
});
