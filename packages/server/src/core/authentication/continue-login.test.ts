// Logins that show a number and go on in another packet: their state works once, for this user and door, and carries no one else in.
import { beforeAll, expect, test } from 'vitest';
import { deleteUser } from '#core/users/delete-user.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { authenticate, continueLogin } from './authenticate.ts';
import { approved, createEngine, type Engine, never, passes } from './login.test-support.ts';

onBothDatabases('a number to type', (db) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(db());
  });

  const showing = { number: 'shown_by_challenge' } as const;

  test('the state goes on with the login once, for the same user and door', async () => {
    const user = await engine.newUser();
    const login = engine.login(user.username, showing);
    const shown = await authenticate(engine.deps, login, { firstFactor: passes, signal: never });
    if (shown.kind !== 'show_number') throw new Error(shown.kind);
    expect(shown.number).toMatch(/^[0-9]{2}$/);
    await engine.end(shown.requestId, approved);
    const go = (change = {}) =>
      continueLogin(engine.deps, { ...login, ...change }, { state: shown.state, signal: never });
    expect(await go({ username: 'somebody-else' })).toMatchObject({
      kind: 'rejected',
      reason: 'challenge_unknown',
    });
    expect(await go({ door: { kind: 'radius', id: 'rcl_other' } })).toMatchObject({
      kind: 'rejected',
      reason: 'challenge_unknown',
    });
    const [first, second] = await Promise.all([go(), go()]);
    expect([first.kind, second.kind].toSorted()).toEqual(['accepted', 'rejected']);
  });

  test('a state is of no use long after', async () => {
    const user = await engine.newUser();
    const login = engine.login(user.username, showing);
    const shown = await authenticate(engine.deps, login, { firstFactor: passes, signal: never });
    if (shown.kind !== 'show_number') throw new Error(shown.kind);
    await engine.end(shown.requestId, approved);
    engine.clock.turn(180_000);
    expect(await continueLogin(engine.deps, login, { state: shown.state, signal: never })).toMatchObject({
      kind: 'rejected',
      reason: 'challenge_unknown',
    });
  });

  test('a second login from the same place does not see the first one’s number, nor take it over', async () => {
    const user = await engine.newUser();
    const login = engine.login(user.username, showing);
    const [victim, attacker] = [
      await authenticate(engine.deps, login, { firstFactor: passes, signal: never }),
      await authenticate(engine.deps, login, { firstFactor: passes, signal: never }),
    ];
    if (victim.kind !== 'show_number' || attacker.kind !== 'show_number') throw new Error(victim.kind);
    expect(attacker.requestId).not.toBe(victim.requestId);
    await engine.end(victim.requestId, approved);
    const go = (state: Uint8Array, signal: AbortSignal) =>
      continueLogin(engine.deps, login, { state, signal });
    expect(await go(attacker.state, AbortSignal.abort())).toMatchObject({ kind: 'waiting' });
    expect(await go(victim.state, never)).toMatchObject({ kind: 'accepted', requestId: victim.requestId });
  });

  test.each([
    ['deleted', 'unknown_user'],
    ['disabled', 'user_disabled'],
    ['of a disabled application', 'application_disabled'],
    ['of an application that takes no logins', 'authorisation_closed'],
  ] as const)('a user %s after approving is not let in', async (what, reason) => {
    const user = await engine.newUser();
    const login = engine.login(user.username, showing);
    const shown = await authenticate(engine.deps, login, { firstFactor: passes, signal: never });
    if (shown.kind !== 'show_number') throw new Error(shown.kind);
    await engine.end(shown.requestId, approved);
    const setApplication = (set: { enabled: 0 | 1 } | { authorisation: 'open' | 'closed' }) =>
      db().write((tx) =>
        tx.updateTable('applications').set(set).where('id', '=', engine.application.id).execute(),
      );
    if (what === 'deleted') await deleteUser(engine.deps, { kind: 'console' }, null, user.id);
    else if (what === 'disabled')
      await db().write((tx) =>
        tx.updateTable('users').set({ enabled: 0 }).where('id', '=', user.id).execute(),
      );
    else if (what === 'of a disabled application') await setApplication({ enabled: 0 });
    else await setApplication({ authorisation: 'closed' });
    const outcome = await continueLogin(engine.deps, login, { state: shown.state, signal: never });
    await setApplication({ enabled: 1 });
    await setApplication({ authorisation: 'open' });
    expect(outcome).toMatchObject({ kind: 'rejected', reason });
  });

  test('the number lies in the database sealed', async () => {
    const user = await engine.newUser();
    await engine.asked(user.username, { number: 'shown_by_caller' });
    const { number, content } = await db()
      .read.selectFrom('challenges')
      .selectAll()
      .where('user_id', '=', user.id)
      .executeTakeFirstOrThrow();
    expect(number).toMatch(/^v1\./);
    expect(JSON.parse(content).number).toEqual({ digits: 2 });
  });
});
