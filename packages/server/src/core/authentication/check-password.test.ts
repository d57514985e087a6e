// Who is judged by which password, and that a source lets nobody in as somebody else.
import { NewUserSource } from '@countersign/contract/user-source-models.ts';
import { expect, test } from 'vitest';
import { actor, administrationDeps } from '#core/audit/administration.test-support.ts';
import { createRefusalTimes } from '#core/throttles/refusal-times.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import { memoryDirectory, person } from '#core/user-sources/memory-directory.test-support.ts';
import type { SourceFinding } from '#core/user-sources/user-sources.ts';
import { createUserSources } from '#core/user-sources/verify-with-sources.ts';
import { keepForeignUser } from '#core/users/keep-foreign-user.ts';
import { createPasswords } from '#core/users/passwords.ts';
import { updateUser } from '#core/users/user-store.ts';
import { openFreshSqlite } from '#db/on-both-databases.test-support.ts';
import { migrate } from '#db/migrate.ts';
import { beginLogin, type LoginDeps } from './begin-login.ts';
import { checkPassword } from './check-password.ts';
import { createEngine, never } from './login.test-support.ts';

test('the sources of the application are asked for whoever has no password here', async () => {
  const { db, remove } = await openFreshSqlite();
  try {
    await migrate(db);
    const { application, passwords, newUser } = await createEngine(db);
    const directory = memoryDirectory();
    const admin = { ...administrationDeps(db), directory };
    const add = async (name: string) => {
      const hosts = ['ldap.example.com'];
      const more = { bind_name: 'cn=reader', bind_password: 'secret', base_dn: 'dc=example', cache_hours: 1 };
      const source = NewUserSource.parse({ kind: 'ldap', name, hosts, ...more });
      return createUserSource(admin, actor, null, application.id, source);
    };
    const [first, second] = [await add('First'), await add('Second')];
    const alice = person('alice');
    directory.people.set(second.id, [alice, person('mallory')]);
    const kept = await db.write((tx) =>
      keepForeignUser(tx, admin, actor, {
        applicationId: application.id,
        source: 'Second',
        user: alice,
        from: { id: second.id, teams: [], knows: 'people' },
      }),
    );
    if (kept.kind !== 'created') throw new Error('expected a new user');
    const { clock } = admin;
    const waits: number[] = [];
    const limits = { leastMs: 400, mostMs: 3000 };
    const refusalTimes = createRefusalTimes(clock, limits, async (ms) => waits.push(ms));
    const deps = {
      ...admin,
      passwords,
      refusalTimes,
      sources: createUserSources({ ...admin, passwords, cacheAsked: () => undefined }),
    };
    const ask = (username: string, password: string, id?: string) => {
      const user = id === undefined ? undefined : { id, passwordHash: null };
      return checkPassword(deps, { applicationId: application.id, username }, password, 'rcl')(user, never);
    };
    const result = async (...asked: Parameters<typeof ask>) => {
      const answer = await ask(...asked);
      return answer.kind === 'refused' ? [answer.reason, answer.step?.code] : [answer.kind];
    };

    const meant = { id: kept.userId, username: 'alice' };
    const verified = await ask('CORP\\alice', 'password of alice');
    expect(verified).toMatchObject({ kind: 'verified', meant });
    // Whoever is let in waits for nothing; whoever is refused after all waits as long as for a wrong password.
    expect(waits).toEqual([]);
    clock.turn(150);
    if (verified.kind === 'verified') await verified.keepBack?.();
    expect(waits).toEqual([250]);
    clock.turn(1000);
    const guessed = await ask('CORP\\alice', 'guess');
    if (guessed.kind === 'refused') await guessed.keepBack?.();
    expect(waits).toEqual([250, 400]);
    clock.turn(1000);
    expect(await result('alice', 'password of alice', kept.userId)).toEqual(['verified']);
    expect(await result('alice', 'guess', kept.userId)).toEqual(['wrong_password', 'source_refused']);
    // One of the same name who did not come from there.
    const { id: other } = await newUser();
    expect(await result('mallory', 'password of mallory', other)).toEqual([
      'source_refused',
      'source_refused',
    ]);
    expect(await result('nobody', 'guess', other)).toEqual(['no_password', 'source_not_found']);
    // Nobody here: asked all the same, and kept out whatever the source says.
    directory.asked.length = 0;
    expect(await result('mallory', 'password of mallory')).toEqual(['unknown_user', 'source_refused']);
    expect(directory.asked).toEqual([first.id, second.id]);
    // A name that is nobody's here, and one of somebody here for the source.
    expect(await ask('CORP\\alice', 'guess')).toMatchObject({ reason: 'wrong_password', meant });
    expect(await ask('CORP\\mallory', 'password of mallory')).toMatchObject({ reason: 'unknown_user' });
    // As loosely as some directories compare.
    directory.aliases.set('al\u00efce', 'alice');
    expect(await ask('al\u00efce', 'password of alice')).toMatchObject({ reason: 'unknown_user' });
    expect(await result('CORP\\alice', 'password of alice', other)).toEqual([
      'source_refused',
      'source_refused',
    ]);
    // The cache knows the name by which somebody was let in last, and the one here.
    clock.turn(1000);
    expect(await ask('CORP\\alice', 'password of alice')).toMatchObject({ kind: 'verified', meant });
    directory.down.add(second.id);
    expect(await ask('CORP\\alice', 'password of alice')).toMatchObject({ kind: 'verified', meant });
    // Nobody is told apart from somebody while it is away.
    expect(await result('CORP\\nobody', 'guess')).toEqual(['source_unavailable', 'source_not_cached']);
    // One that is away may be the one that knows; who was let in before is known by its credential cache.
    expect(await result('alice', 'password of alice', kept.userId)).toEqual(['verified']);
    expect(await result('alice', 'guess', kept.userId)).toEqual(['source_unavailable', 'source_not_cached']);
    expect(await result('alice', 'password of alice', other)).toEqual(['source_refused', 'source_refused']);
    expect(await result('mallory', 'password of mallory', other)).toEqual([
      'source_unavailable',
      'source_not_cached',
    ]);
    // Each that could not be asked is named, also where another one knows the person.
    directory.down.clear();
    directory.down.add(first.id);
    const before = [{ code: 'source_not_cached', details: { source: 'First' } }];
    for (const password of ['password of alice', 'guess'])
      expect(await ask('alice', password, kept.userId)).toMatchObject({
        ...(password === 'guess' ? { reason: 'wrong_password' } : { kind: 'verified' }),
        before,
      });
    directory.down.add(second.id);
    expect(await ask('mallory', 'guess', other)).toMatchObject({
      reason: 'source_unavailable',
      step: before[0],
      before: [{ code: 'source_not_cached', details: { source: 'Second' } }],
    });
    // Who has a password here is judged by it alone, however the name is written.
    directory.down.clear();
    await db.write((tx) => updateUser(tx, kept.userId, { password_hash: 'of a password of its own' }));
    expect(await result('CORP\\alice', 'password of alice')).toEqual(['unknown_user', 'source_refused']);
  } finally {
    await db.close();
    await remove();
  }
});

test('refusals take as long whoever is meant, and whether they are written down or not', async () => {
  const { db, remove } = await openFreshSqlite();
  try {
    await migrate(db);
    const { deps, clock, login, newUser } = await createEngine(db);
    const { id, username } = await newUser();
    await db.write((tx) => updateUser(tx, id, { password_hash: 'of a password of its own' }));
    const user = await newUser();
    const waits: number[] = [];
    let written = -1;
    let isWatched = false;
    const limits = { leastMs: 0, leastToldMs: 400, mostMs: 3000 };
    const refusalTimes = createRefusalTimes(clock, limits, async (ms) => {
      waits.push(ms);
      // Written meanwhile, not only afterwards.
      if (isWatched) await expect.poll(count).toBe(written + 1);
    });
    const count = async () => (await db.read.selectFrom('auth_requests').select('id').execute()).length;
    // The own check takes 100 ms for everybody, and the source 1000.
    const verify = async () => {
      clock.turn(100);
      return 'wrong' as const;
    };
    const of = { id: 'src', name: 'Directory', revision: 1, teams: [], knows: 'people' } as const;
    let sources = 1;
    const checking = {
      ...administrationDeps(db, clock),
      refusalTimes,
      passwords: { ...createPasswords(), verify },
      sources: {
        verify: async (): Promise<readonly SourceFinding[]> => {
          if (sources === 0) return [];
          clock.turn(1000);
          return [{ source: of, answer: { kind: 'not_found', tried: '' } }];
        },
      },
    };
    const refuse = async (name: string, change: Partial<LoginDeps['throttles']> = {}) => {
      waits.length = 0;
      written = await count();
      const before = clock.monotonic();
      const typed = login(name);
      const throttles = { ...deps.throttles, ...change };
      const firstFactor = checkPassword(checking, typed, 'guess', 'rcl');
      expect(await beginLogin({ ...deps, throttles }, typed, { firstFactor, signal: never })).toMatchObject({
        kind: 'rejected',
      });
      return clock.monotonic() - before + waits.reduce((sum, ms) => sum + ms, 0);
    };
    const times = [await refuse(user.username), await refuse(username), await refuse('nobody')];
    expect(times).toEqual([1200, 1200, 1200]);
    isWatched = true;
    expect(await refuse(username)).toBe(1200);
    isWatched = false;
    const recorded = createThrottle(clock, { burst: 0, perMinute: 0 });
    expect(await refuse('nobody', { recorded })).toBe(1200);
    expect(await count()).toBe(written);
    // Without sources nobody waits any more.
    sources = 0;
    await refuse('nobody');
    expect(await refuse(username)).toBe(100);
  } finally {
    await db.close();
    await remove();
  }
});
