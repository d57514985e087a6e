import { beforeAll, expect, test } from 'vitest';
import {
  administratorDeps,
  goodPassword,
  makeAdministrator,
  plantInstallation,
} from '#core/administrators/administrators.test-support.ts';
import { changeAdministrator } from '#core/administrators/change-administrator.ts';
import { findSession, findSignedIn } from '#core/administrators/find-session.ts';
import { inviteAdministrator } from '#core/administrators/invite-administrator.ts';
import { actor, auditTrail, createHandClock } from '#core/audit/administration.test-support.ts';
import { memoryDirectory } from '#core/user-sources/memory-directory.test-support.ts';
import { createRefusalTimes } from '#core/throttles/refusal-times.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createSignInThrottles } from './sign-in-deps.ts';
import { signInByPassword } from './sign-in-by-password.ts';
import { stepUpByPassword } from './step-up.ts';

const refused = { code: 'sign_in_refused' };

onBothDatabases('signing in by password', (db) => {
  const clock = createHandClock();
  beforeAll(() => plantInstallation(db()));
  const fresh = () => ({
    ...administratorDeps(db(), clock),
    signInThrottles: createSignInThrottles(clock),
    directory: memoryDirectory(),
    refusalTimes: createRefusalTimes(clock, { leastMs: 0, mostMs: 0 }),
  });
  const visit = (address = '192.0.2.7') => ({ address, userAgent: 'Test' });
  const lastRefusal = async () =>
    (await auditTrail(db())).filter(({ event }) => event === 'session.refused').at(-1)?.data;

  test('every cause has the same answer and the same work; the trail has the reason', async () => {
    const deps = fresh();
    await makeAdministrator(deps, 'ann', 'owner');
    const disabled = await makeAdministrator(deps, 'bob', 'auditor');
    await changeAdministrator(deps, actor, 'everything', disabled.id, { enabled: false });
    const invited = await makeAdministrator(deps, 'carol', 'auditor');
    await inviteAdministrator(deps, actor, 'everything', invited.id);
    const table = [
      ['nobody', goodPassword, 'unknown_administrator', null],
      ['ann', 'wrong', 'wrong_password', `hash of ${goodPassword}`],
      ['bob', goodPassword, 'administrator_disabled', `hash of ${goodPassword}`],
      ['carol', goodPassword, 'no_password', null],
      ['admin', 'admin', 'unknown_administrator', null],
      ['\u0000', 'x', 'unknown_administrator', null],
    ] as const;
    for (const [index, [username, password, reason, hash]] of table.entries()) {
      deps.checked.length = 0;
      const attempt = signInByPassword(deps, visit(`192.0.2.${index}`), undefined, { username, password });
      await expect(attempt).rejects.toMatchObject(refused);
      // One check of a password, whether there is one or not.
      expect(deps.checked).toEqual([hash]);
      expect(await lastRefusal()).toMatchObject({ reason, address: `192.0.2.${index}` });
    }
    expect(JSON.stringify(await auditTrail(db()))).not.toContain('wrong"');
    // A password typed where the name belongs.
    const misplaced = { username: 'correct horse battery', password: 'x' };
    await expect(signInByPassword(deps, visit('192.0.2.9'), undefined, misplaced)).rejects.toMatchObject(
      refused,
    );
    expect(JSON.stringify(await auditTrail(db()))).not.toContain('horse');
  });

  test('a flood of unknown names is cut short in the trail, and hides no guess at an administrator', async () => {
    const deps = fresh();
    await makeAdministrator(deps, 'flora', 'owner');
    const attempt = (address: string, username: string) =>
      expect(
        signInByPassword(deps, visit(address), undefined, { username, password: 'wrong' }),
      ).rejects.toMatchObject(refused);
    const recorded = async () =>
      (await auditTrail(db())).filter(({ event }) => event === 'session.refused').length;
    const before = await recorded();
    for (let at = 0; at < 80; at += 1) await attempt(`198.51.100.${at}`, 'no such name');
    expect((await recorded()) - before).toBe(60);
    await attempt('203.0.113.5', 'flora');
    expect(await lastRefusal()).toMatchObject({ reason: 'wrong_password', username: 'flora' });
  });

  test('guesses for one name are held up at strange places, never at the administrator’s own', async () => {
    const deps = fresh();
    await makeAdministrator(deps, 'dave', 'auditor');
    const signIn = (address: string, password: string) =>
      signInByPassword(deps, visit(address), undefined, { username: 'dave', password });
    await signIn('198.51.100.1', goodPassword);
    for (let guess = 0; guess < 20; guess += 1)
      await expect(signIn(`192.0.2.${guess}`, 'wrong')).rejects.toMatchObject(refused);
    deps.checked.length = 0;
    await expect(signIn('192.0.2.99', goodPassword)).rejects.toMatchObject(refused);
    expect(deps.checked).toEqual([]);
    expect(await lastRefusal()).toMatchObject({ reason: 'too_many_failures' });
    await expect(signIn('198.51.100.1', goodPassword)).resolves.toMatchObject({
      answer: { status: 'signed_in' },
    });
    clock.turn(10 * 60_000);
    await expect(signIn('192.0.2.99', goodPassword)).resolves.toBeDefined();
  });

  test('one source is held up, whatever names it tries; and what is written down is bounded', async () => {
    const deps = fresh();
    const before = (await auditTrail(db())).length;
    for (let guess = 0; guess < 150; guess += 1)
      await expect(
        signInByPassword(deps, visit('203.0.113.5'), undefined, { username: `n${guess}`, password: 'x' }),
      ).rejects.toMatchObject(refused);
    expect(deps.checked.length).toBeLessThanOrEqual(11);
    expect((await auditTrail(db())).length - before).toBeLessThanOrEqual(60);
  });

  test('a password that is changed while it is checked makes no session', async () => {
    const deps = fresh();
    const { id } = await makeAdministrator(deps, 'erin', 'auditor');
    const passwords = {
      ...deps.passwords,
      async verify(...given: Parameters<typeof deps.passwords.verify>) {
        const result = await deps.passwords.verify(...given);
        await inviteAdministrator(deps, actor, 'everything', id);
        return result;
      },
    };
    const given = { username: 'erin', password: goodPassword };
    await expect(signInByPassword({ ...deps, passwords }, visit(), undefined, given)).rejects.toMatchObject(
      refused,
    );
    expect(
      await db().read.selectFrom('sessions').select('id').where('administrator_id', '=', id).execute(),
    ).toEqual([]);
  });

  test('the session that the browser had ends', async () => {
    const deps = fresh();
    const { token } = await makeAdministrator(deps, 'frank', 'auditor');
    const given = { username: 'Frank', password: goodPassword };
    const next = await signInByPassword(deps, visit(), token, given);
    expect(await findSignedIn(deps, token)).toBeUndefined();
    expect(await findSignedIn(deps, next.token)).toMatchObject({ mustEnrol: true });
  });

  test('the password proves anew who is there, where there is nothing better', async () => {
    const deps = fresh();
    const { token } = await makeAdministrator(deps, 'grace', 'auditor');
    clock.turn(6 * 60_000);
    expect(await findSignedIn(deps, token)).toMatchObject({ isVerified: false });
    const live = (await findSession(deps, token))!;
    await expect(stepUpByPassword(deps, visit(), live, 'wrong')).rejects.toMatchObject(refused);
    await stepUpByPassword(deps, visit(), live, goodPassword);
    // A session that a link made stays what it was.
    expect(await findSignedIn(deps, token)).toMatchObject({ isVerified: true, mustEnrol: false });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'session.verified',
      data: { method: 'password' },
    });
  });
});
