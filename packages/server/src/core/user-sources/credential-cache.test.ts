// The credential cache against a directory in memory that goes away, refuses and comes back.
import { expect, test, vi } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { endThePast } from '#core/backups/end-the-past.ts';
import { patchUsers, type UserPatch } from '#core/users/bulk-store.ts';
import { changeUser } from '#core/users/change-user.ts';
import { deleteUser } from '#core/users/delete-user.ts';
import { keepForeignUser } from '#core/users/keep-foreign-user.ts';
import { createPasswords } from '#core/users/passwords.ts';
import { derivedColumns } from '#core/users/user.ts';
import { databaseTime } from '#db/database-time.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { Secret } from '#platform/secret.ts';
import { changeUserSource } from './change-user-source.ts';
import { createUserSource } from './create-user-source.ts';
import { forgetExpiredCredentials } from './credential-cache.ts';
import { deleteUserSource } from './delete-user-source.ts';
import type { DirectoryAnswer } from './directory.ts';
import { memoryDirectory, newSource, person } from './memory-directory.test-support.ts';
import { createSyncRunner } from './start-sync.ts';
import type { SourceFinding } from './user-sources.ts';
import { createUserSources } from './verify-with-sources.ts';

const never = new AbortController().signal;
const right = 'password of alice';
const hourMs = 3_600_000;
const ownPassword = 'a password of her own';

/** As an import does it. */
const passwordOnly = (id: string): UserPatch => ({
  ...{ id, full_name: null, email: null, phone: null, external_guid: null, enabled: null, device_limit: -1 },
  ...{ password_hash: 'of a password of her own', updated_at: 1_790_000_000_000 },
  ...derivedColumns({ username: 'alice', full_name: '', email: '' }),
});

onBothDatabases('the credential cache', (db) => {
  /** What happens next happens later, by the clock of the database, too. */
  async function untilLater(): Promise<void> {
    const before = await databaseTime(db());
    while (before !== undefined && (await databaseTime(db())) === before);
  }
  let count = 0;
  async function begin(more: object = {}) {
    const application = `app_cache_${++count}`;
    await plantApplications(db(), application);
    const memory = memoryDirectory();
    // The database of a test has a clock of its own, which nobody turns.
    const clock = createHandClock((await databaseTime(db())) ?? 1_790_000_000_000);
    const said: { answer?: DirectoryAnswer; gate?: Promise<void>; begun: number } = { begun: 0 };
    const directory: typeof memory = {
      ...memory,
      async verify(...asked) {
        said.begun += 1;
        await said.gate;
        const answer = await memory.verify(...asked);
        clock.turn(10);
        return said.answer ?? answer;
      },
    };
    const asked: string[] = [];
    const deps = {
      ...administrationDeps(db(), clock),
      directory,
      passwords: createPasswords(),
      cacheAsked: (source: string, result: string) => void asked.push(`${source} ${result}`),
    };
    const source = await createUserSource(
      deps,
      actor,
      null,
      application,
      newSource({ cache_hours: 2, ...more }),
    );
    memory.people.set(source.id, [person('alice')]);
    const sources = createUserSources(deps);
    const verify = async (password = right, username = 'alice'): Promise<SourceFinding> => {
      clock.turn(1000);
      await untilLater();
      const found = await sources.verify(application, username, new Secret(password), never);
      return found.at(-1) as SourceFinding;
    };
    /** As a requirement does it: the user and the password together. */
    const keep = async (finding: SourceFinding): Promise<string> =>
      db().write(async (tx) => {
        if (finding.answer.kind !== 'found') throw new Error(`expected found, got ${finding.answer.kind}`);
        const kept = await keepForeignUser(tx, deps, actor, {
          applicationId: application,
          source: finding.source.name,
          user: finding.answer.user,
          from: finding.source,
        });
        if (!('userId' in kept)) throw new Error(kept.kind);
        await finding.keep?.(tx, kept.userId);
        return kept.userId;
      });
    const logIn = async () => keep(await verify());
    const kept = () =>
      db()
        .read.selectFrom('user_source_credentials')
        .selectAll()
        .where('source_id', '=', source.id)
        .execute();
    const down = (is = true) => void (is ? memory.down.add(source.id) : memory.down.delete(source.id));
    return { deps, memory, clock, source, said, verify, keep, logIn, kept, down, asked, application };
  }

  test('off unless it is wanted: nothing is kept, nothing is asked', async () => {
    const { source, logIn, kept, down, verify, asked } = await begin({ cache_hours: null });
    expect(source.cache_hours).toBeNull();
    await logIn();
    expect(await kept()).toEqual([]);
    down();
    expect((await verify()).answer).toEqual({ kind: 'unavailable', detail: 'nobody is there' });
    expect(asked).toEqual([]);
  });

  test('what was accepted is accepted while the source is away, as a hash, and told', async () => {
    const { logIn, kept, down, verify, asked, source } = await begin();
    const userId = await logIn();
    expect(JSON.stringify(await kept())).not.toContain(right);
    expect((await kept())[0]?.password_hash).toMatch(/^\$argon2id\$/);
    down();
    const { answer } = await verify();
    expect(answer).toMatchObject({ kind: 'cached', userId, username: 'alice', cause: 'nobody is there' });
    expect((await verify(right, 'ALICE ')).answer.kind).toBe('cached');
    expect(await verify('wrong')).toMatchObject({ answer: { kind: 'unavailable' }, notCached: 'wrong' });
    expect(await verify(right, 'bob')).toMatchObject({ notCached: 'nothing_kept' });
    expect(asked).toEqual(
      ['accepted', 'accepted', 'wrong', 'nothing_kept'].map((result) => `Directory ${result}`),
    );
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'user_source.cache_accepted',
      subject_id: source.id,
      data: { username: 'alice', user_id: userId, cause: 'nobody is there' },
    });
  });

  test('a source that answered and refused what it was asked is no outage', async () => {
    const { logIn, kept, verify, asked, said } = await begin();
    await logIn();
    said.answer = { kind: 'unavailable', detail: 'there is no group staff', answered: true };
    expect(await verify()).toMatchObject({ answer: { kind: 'unavailable' }, notCached: 'answered' });
    expect(asked).toEqual([]);
    // Nobody said anything against the person.
    expect(await kept()).toHaveLength(1);
  });

  test('the name as it was typed then is known, too', async () => {
    const { said, verify, keep, down } = await begin();
    said.answer = { kind: 'found', user: person('alice') };
    await keep(await verify(right, 'CORP\\alice'));
    delete said.answer;
    down();
    for (const name of ['corp\\ALICE', 'alice'])
      expect((await verify(right, name)).answer).toMatchObject({ kind: 'cached', username: 'alice' });
    expect(await verify(right, 'OTHER\\alice')).toMatchObject({ notCached: 'nothing_kept' });
  });

  test('a password mistyped is no reason to forget; the one that is kept and refused is', async () => {
    const { memory, source, logIn, kept, verify, said } = await begin();
    await logIn();
    await verify('mistyped');
    expect(await kept()).toHaveLength(1);
    // Changed in the directory: the old one is refused there.
    memory.people.set(source.id, [person('alice')]);
    said.answer = { kind: 'refused', reason: 'wrong_password', user: person('alice') };
    await verify(right);
    expect(await kept()).toEqual([]);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'user_source.cache_cleared',
      data: { username: 'alice', cause: 'the user source says wrong_password' },
    });
  });

  test.each([
    'account_disabled',
    'account_expired',
    'password_expired',
    'not_in_group',
    'too_many_groups',
    'account_locked',
  ] as const)('whatever else the source says against the person: %s', async (reason) => {
    const { logIn, kept, verify, said, down } = await begin();
    await logIn();
    // Renamed in the directory: only its id tells who is meant.
    said.answer = { kind: 'refused', reason, user: person('alice.smith', { guid: 'guid of alice' }) };
    await verify('anything', 'alice.smith');
    expect(await kept()).toEqual([]);
    said.answer = { kind: 'unavailable', detail: 'gone' };
    down();
    expect(await verify()).toMatchObject({ notCached: 'nothing_kept' });
  });

  test('who is not found any more; an empty password says nothing', async () => {
    const { logIn, kept, verify, said, memory, source } = await begin();
    await logIn();
    said.answer = { kind: 'refused', reason: 'empty_password', user: null };
    await verify('');
    expect(await kept()).toHaveLength(1);
    delete said.answer;
    await verify('guess', 'ａｌｉｃｅ');
    expect((await verify('guess', 'nobody')).answer.kind).toBe('not_found');
    expect(await kept()).toHaveLength(1);
    memory.people.set(source.id, []);
    await verify();
    expect(await kept()).toEqual([]);
  });

  test('settings, the user and the sync take it away', async () => {
    const ways: readonly ((here: Awaited<ReturnType<typeof begin>>, userId: string) => Promise<unknown>)[] = [
      ({ deps, source }) => changeUserSource(deps, actor, null, source.id, { cache_hours: null }),
      ({ deps, source }) => changeUserSource(deps, actor, null, source.id, { answer_ms: 500 }),
      ({ deps }, userId) => changeUser(deps, actor, null, userId, { enabled: false }),
      ({ deps }, userId) => changeUser(deps, actor, null, userId, { password: ownPassword }),
      ({ deps }, userId) => deps.db.write((tx) => patchUsers(tx, deps.db.dialect, [passwordOnly(userId)])),
      ({ deps }, userId) => deleteUser(deps, actor, null, userId),
      ({ deps, source }) => deleteUserSource(deps, actor, null, source.id),
      async ({ deps, memory, source }) => {
        memory.people.set(source.id, [person('bob')]);
        const { ended } = await createSyncRunner(deps, () => undefined).begin(actor, null, source.id, {
          dry_run: false,
          disable_many: true,
        });
        await ended;
      },
    ];
    for (const [index, way] of ways.entries()) {
      const here = await begin();
      const userId = await here.logIn();
      here.clock.turn(1000);
      await way(here, userId);
      expect([index, await here.kept()]).toEqual([index, []]);
    }
  });

  test('disabled and enabled again, a user has nothing kept; and what was not yet written is not kept', async () => {
    const { deps, logIn, verify, keep, kept } = await begin();
    const userId = await logIn();
    const late = await verify();
    const enable = (enabled: boolean) => changeUser(deps, actor, null, userId, { enabled });
    await enable(false);
    await expect(keep(late)).rejects.toThrow('disabled');
    await enable(true);
    expect(await kept()).toEqual([]);
  });

  test('nothing is kept, nor counts, of whoever is judged by a password here', async () => {
    const { deps, logIn, verify, keep, kept, down } = await begin();
    const userId = await logIn();
    const before = await kept();
    const late = await verify();
    const set = (password: string | null) => changeUser(deps, actor, null, userId, { password });
    await set(ownPassword);
    await keep(late);
    expect(await kept()).toEqual([]);
    await db().write((tx) => tx.insertInto('user_source_credentials').values(before).execute());
    down();
    expect(await verify()).toMatchObject({ notCached: 'nothing_kept' });
  });

  test('for as long as the source says, then it is gone', async () => {
    const { deps, logIn, kept, down, verify, source } = await begin();
    await logIn();
    await db().write((tx) =>
      tx
        .updateTable('user_source_credentials')
        .set((e) => ({ kept_at: e('kept_at', '-', 2 * hourMs) }))
        .where('source_id', '=', source.id)
        .execute(),
    );
    down();
    expect(await verify()).toMatchObject({ notCached: 'nothing_kept' });
    await forgetExpiredCredentials(deps);
    expect(await kept()).toEqual([]);
  });

  test('wrong passwords are counted in the database; the right one costs nothing', async () => {
    const { logIn, kept, down, verify } = await begin();
    await logIn();
    down();
    for (let n = 0; n < 3; n += 1) expect((await verify()).answer.kind).toBe('cached');
    for (let n = 0; n < 9; n += 1) await verify(`guess ${n}`);
    expect((await verify()).answer.kind).toBe('cached');
    expect((await kept())[0]?.wrong_tries).toBe(9);
    await verify('the tenth guess');
    expect(await kept()).toEqual([]);
    expect(await verify()).toMatchObject({ notCached: 'nothing_kept' });
    expect((await auditTrail(db())).at(-1)).toMatchObject({ event: 'user_source.cache_cleared' });
  });

  test('however many guess at once, no more are looked at than may be', async () => {
    const { logIn, down, verify } = await begin();
    await logIn();
    down();
    const guesses = await Promise.all(Array.from({ length: 25 }, (_, n) => verify(`guess ${n}`)));
    expect(guesses.filter(({ notCached }) => notCached === 'wrong')).toHaveLength(10);
  });

  test('race: the password is changed while the old one is being written', async () => {
    const { logIn, verify, keep, kept, said } = await begin();
    await logIn();
    const old = await verify();
    // Changed now; somebody tries the old one before it is written.
    said.answer = { kind: 'refused', reason: 'wrong_password', user: person('alice') };
    await verify(right);
    await keep(old);
    expect(await kept()).toEqual([]);
  });

  test('race: two checks overlap, so nobody knows which password is the newer one', async () => {
    const { logIn, verify, keep, kept, said } = await begin();
    await logIn();
    const { promise, resolve } = Promise.withResolvers<void>();
    Object.assign(said, { begun: 0, gate: promise });
    const both = [verify(), verify()];
    await vi.waitUntil(() => said.begun === 2);
    resolve();
    const [one, other] = await Promise.all(both);
    if (!one || !other) throw new Error('two went in');
    await keep(one);
    await keep(other);
    expect(await kept()).toEqual([]);
    await logIn();
    expect(await kept()).toHaveLength(1);
  });

  test('race: the settings are changed while it is being written, on another node', async () => {
    const { deps, source, verify, keep, down } = await begin();
    const late = await verify();
    await changeUserSource(deps, actor, null, source.id, { answer_ms: 700 });
    await keep(late);
    down();
    expect(await verify()).toMatchObject({ notCached: 'nothing_kept' });
  });

  test('a restored database holds nothing of it', async () => {
    const { deps, logIn, kept } = await begin();
    await logIn();
    await db().write((tx) => endThePast(tx, deps, actor));
    expect(await kept()).toEqual([]);
  });
});
