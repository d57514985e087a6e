import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
} from '#core/audit/administration.test-support.ts';
import { hashArgon2id, verifyArgon2id } from '#platform/argon2.ts';
import { defaultSettings } from '#platform/settings.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { findSession, findSignedIn } from './find-session.ts';
import { listAdministrators } from './get-administrator.ts';
import { createSetupLink, inspectSetupLink, linkOf } from './setup-link.ts';
import { useSetupLink } from './use-setup-link.ts';
import { passkeySite } from './webauthn.ts';

const day = 86_400_000;
const invalid = { code: 'setup_link_invalid' };
const password = 'lantern orchid violin';
const visitor = { address: '192.0.2.7', userAgent: 'Test' };

onBothDatabases('setup links', (db) => {
  const clock = createHandClock();
  const passwords = {
    hash: hashArgon2id,
    verify: async (hash: string | null, text: string) =>
      hash !== null && (await verifyArgon2id(hash, text)) ? ('correct' as const) : ('wrong' as const),
  };
  const site = passkeySite('https://mfa.example.test', 'Countersign');
  const deps = () => ({ ...administrationDeps(db(), clock), passwords, site, settings: defaultSettings });
  const use = (token: string, username: string, given: { password?: string } = { password }) =>
    useSetupLink(deps(), visitor, { token, username, ...given });
  const names = async () =>
    (await listAdministrators(deps(), { limit: 200 })).items.map(({ username }) => username);

  beforeAll(async () => {
    const { vault } = deps();
    const row = { singleton: 1, id: 'i', name: 'n', key_id: vault.keyId, created_at: 1 } as const;
    await db().write((tx) => tx.insertInto('installation').values(row).execute());
  });

  test('one makes an owner who is signed in and may do everything, exactly once', async () => {
    const { token, expiresAt } = await createSetupLink(deps(), { kind: 'system' });
    expect(token).toMatch(/^csu_[A-Za-z0-9_-]{43}$/);
    expect(linkOf('https://x', 'setup', token)).toBe(`https://x/console/#/setup/${token}`);
    expect(expiresAt).toBe(clock.now() + day);
    expect(await inspectSetupLink(deps(), token)).toEqual({
      kind: 'setup',
      username: null,
      role: 'owner',
      expires_at: expiresAt,
    });
    const made = await use(token, 'Alice');
    expect(made.session).toMatchObject({
      administrator: { username: 'Alice', role: 'owner', has_password: true, passkey_count: 0 },
      must_enrol: false,
      verify_with: ['password'],
    });
    expect(await findSignedIn(deps(), made.token)).toMatchObject({
      role: 'owner',
      mustEnrol: false,
      isVerified: true,
    });
    await expect(use(token, 'Bob')).rejects.toMatchObject(invalid);
    await expect(inspectSetupLink(deps(), token)).rejects.toMatchObject(invalid);
    const trail = await auditTrail(db());
    expect(trail.map(({ event, actor_kind }) => [event, actor_kind])).toEqual([
      ['setup_link.created', 'system'],
      ['setup_link.used', 'setup_link'],
      ['administrator.created', 'setup_link'],
      ['administrator.password_set', 'setup_link'],
      ['session.started', 'administrator'],
    ]);
    const tables = ['setup_links', 'administrators', 'sessions'] as const;
    const rows = await Promise.all(tables.map((table) => db().read.selectFrom(table).selectAll().execute()));
    const everything = JSON.stringify([trail, rows]);
    for (const secret of [token, made.token, password]) expect(everything).not.toContain(secret);
  });

  test('used many times at once, it works once', async () => {
    const before = (await names()).length;
    const { token } = await createSetupLink(deps(), actor);
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, (_, number) => use(token, `race ${number}`)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject(invalid);
    expect(await names()).toHaveLength(before + 1);
  });

  test('a refusal does not use it up', async () => {
    const { token } = await createSetupLink(deps(), actor);
    await expect(use(token, 'carol', {})).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(use(token, 'ALICE')).rejects.toMatchObject({ code: 'name_taken' });
    for (const weak of ['admin', 'too short', 'passwordpassword', 'carol-carol-carol', 'qwertyuiopasdfgh'])
      await expect(use(token, 'carol', { password: weak })).rejects.toMatchObject({
        code: 'password_too_weak',
      });
    expect((await use(token, 'carol')).session.administrator.username).toBe('carol');
  });

  test('a later link ends those before that were not used', async () => {
    const first = await createSetupLink(deps(), actor);
    clock.turn(1);
    const second = await createSetupLink(deps(), actor);
    await expect(use(first.token, 'dave')).rejects.toMatchObject(invalid);
    await use(second.token, 'dave');
  });

  test('of links made at once, one works', async () => {
    const links = await Promise.all([1, 2, 3].map(() => createSetupLink(deps(), actor)));
    const results = await Promise.allSettled(
      links.map(({ token }, number) => use(token, `at once ${number}`)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('after a day it no longer works, and neither does anything else', async () => {
    const { token } = await createSetupLink(deps(), actor);
    clock.turn(day - 1);
    const late = await createSetupLink(deps(), actor);
    clock.turn(day);
    for (const text of [token, late.token, '', 'csu_', `${token}x`, 'csu_\u0001'])
      await expect(use(text, 'late')).rejects.toMatchObject(invalid);
  });

  test('a session ends when it is not used, and after its longest time', async () => {
    const { token: link } = await createSetupLink(deps(), actor);
    const { token } = await use(link, 'erin');
    const minute = 60_000;
    for (let used = 0; used < 24; used += 1) {
      clock.turn(29 * minute);
      expect(await findSession(deps(), token), `${used}`).toBeDefined();
    }
    clock.turn(25 * minute);
    expect(await findSession(deps(), token)).toBeUndefined();
    const { token: another } = await createSetupLink(deps(), actor);
    const second = await use(another, 'frank');
    clock.turn(31 * minute);
    expect(await findSession(deps(), second.token)).toBeUndefined();
  });
});
