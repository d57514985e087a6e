import { expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { beginLogin } from './begin-login.ts';
import { closeExpired } from './close-expired.ts';
import { forgetActivity } from './forget-activity.ts';
import { createEngine, never, passes } from './login.test-support.ts';

onBothDatabases('forgetting activity', (db) => {
  test('what is old goes with its steps and evidence, what is young or open stays, 0 keeps everything', async () => {
    const { deps, clock, login, newUser } = await createEngine(db());
    const begin = async () =>
      beginLogin(deps, login((await newUser()).username), { firstFactor: passes, signal: never });
    for (let i = 0; i < 3; i++) await begin();
    clock.turn(60_001);
    await closeExpired(deps);
    clock.turn(10 * 86_400_000);
    const young = await begin();
    const count = async (table: 'auth_requests' | 'challenges') =>
      (
        await db()
          .read.selectFrom(table)
          .select((e) => e.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow()
      ).n;

    expect(await forgetActivity(deps, 0)).toBe(0);
    expect(await forgetActivity(deps, 11)).toBe(0);
    expect(await count('auth_requests')).toBe(4);
    expect(await forgetActivity(deps, 9)).toBe(3);
    expect([await count('auth_requests'), await count('challenges')]).toEqual([1, 1]);
    clock.turn(10 * 86_400_000);
    expect(await forgetActivity(deps, 1)).toBe(0);
    expect(young.kind).toBe('asked');
  });
});
