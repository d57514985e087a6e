// One password, two doors: a login, and a phone that is bound. Whoever guesses finds the same limits at both, whoever is kept out at one
// comes in at neither, and nobody learns from an answer what was right.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginLogin } from '#core/authentication/begin-login.ts';
import { checkPassword } from '#core/authentication/check-password.ts';
import { never } from '#core/authentication/login.test-support.ts';
import type { Login } from '#core/authentication/login.ts';
import { Accepted } from '#core/authentication/outcome.ts';
import { createLoginFailures } from '#core/throttles/login-failures.ts';
import { guessAtName } from '#core/throttles/name-guess.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import type { DirectoryUser } from '#core/user-sources/directory.ts';
import { memoryDirectory, newSource, person } from '#core/user-sources/memory-directory.test-support.ts';
import { createUserSources } from '#core/user-sources/verify-with-sources.ts';
import { changeUser } from '#core/users/change-user.ts';
import { keepForeignUser } from '#core/users/keep-foreign-user.ts';
import { createPasswords } from '#core/users/passwords.ts';
import { openFreshSqlite } from '#db/on-both-databases.test-support.ts';
import { migrate } from '#db/migrate.ts';
import { Problem } from '#platform/problem.ts';
import { anna, openEnrolment } from './enrolment.test-support.ts';

const home = '192.0.2.1';
const right = 'password of alice';
const ownPassword = 'a password of her own';
const rate = (burst: number) => ({ burst, perMinute: 1 / 60 });
const rates = { source: rate(500), userAtSource: rate(3), user: rate(6) };

/** Nothing here is about hashes. */
const plainly: NonNullable<Parameters<typeof createPasswords>[1]> = {
  hash: async (text) => text,
  verify: async (hashed, text) => hashed === text,
};

let fresh: Awaited<ReturnType<typeof openFreshSqlite>>;
beforeAll(async () => {
  fresh = await openFreshSqlite();
  await migrate(fresh.db);
});
afterAll(async () => {
  await fresh.db.close();
  await fresh.remove();
});

async function openDoors(more: object = {}) {
  const { db } = fresh;
  const it = await openEnrolment(db);
  const { deps } = it;
  deps.passwords = createPasswords({}, plainly);
  const failures = createLoginFailures(deps.clock, rates);
  Object.assign(deps.throttles, { failures });
  const fields = { second_factor: 'none', device_mode: 'multiple', device_limit: 100 } as const;
  const application = await it.application(['simple_credentials'], fields);
  const directory = memoryDirectory();
  const admin = { ...deps, directory };
  const source = await createUserSource(admin, anna.actor, null, application.id, newSource(more));
  deps.sources = createUserSources({ ...admin, cacheAsked: () => undefined });
  const from = { id: source.id, teams: [], knows: 'people' } as const;
  const people = (...all: readonly DirectoryUser[]) => void directory.people.set(source.id, all);
  /** As a sync does. */
  const bring = async (user: DirectoryUser): Promise<string> => {
    const foreign = { applicationId: application.id, source: source.name, user, from };
    const kept = await db.write((tx) => keepForeignUser(tx, deps, anna.actor, foreign));
    if (!('userId' in kept)) throw new Error(kept.kind);
    return kept.userId;
  };
  /** The names that a directory takes for one. */
  const alias = (username: string, ...names: readonly string[]) => {
    for (const name of names) directory.aliases.set(name, username);
  };
  const steps: string[] = [];
  const answers = new Set<string>();
  /** A phone that was never seen. @returns the last thing that the administrator reads */
  const bind = async (username: string, password: string, address = home): Promise<string> => {
    const phone = await it.phone(application, { address });
    await phone.begin();
    deps.clock.at += 10_000;
    const refusal = await phone.give({ kind: 'simple_credentials', username, password }).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof Problem) return error;
        throw error;
      },
    );
    if (refusal) answers.add(JSON.stringify([refusal.code, refusal.detail, refusal.fields]));
    const shown = await it.show(phone.id);
    steps.splice(0, Number.POSITIVE_INFINITY, ...shown.steps.map(({ code }) => code));
    return refusal === undefined ? 'let in' : (steps.at(-1) ?? '');
  };
  const logIn = async (username: string, password: string, address = home): Promise<string> => {
    deps.clock.at += 10_000;
    const login: Login = {
      ...{ applicationId: application.id, username, clientName: 'gateway', clientAddress: address },
      ...{ context: [address], description: '' },
      number: 'none',
      door: { kind: 'radius', id: 'rcl' },
    };
    const firstFactor = checkPassword(deps, login, password, 'rcl');
    const begun = await beginLogin(deps, login, { firstFactor, signal: never });
    if (begun instanceof Accepted) return 'let in';
    return begun.kind === 'rejected' ? begun.reason : begun.kind;
  };
  const guess = (username: string, address: string) =>
    guessAtName({ applicationId: application.id, username }, { address, door: 'rcl' });
  return {
    ...{ db, it, deps, application, directory, source, failures, people, bring, alias, bind, logIn, guess },
    ...{ steps, answers },
    setPassword: (id: string, password: string | null) =>
      changeUser(deps, anna.actor, null, id, { password }),
  };
}
type Doors = Awaited<ReturnType<typeof openDoors>>;

const atDoors = (name: string, run: (doors: Doors) => Promise<void>, more: object = {}) =>
  test(name, async () => {
    const doors = await openDoors(more);
    await run(doors);
    // Whatever the cause, phones are told the same.
    expect(doors.answers.size).toBeLessThan(2);
  });

const spellings = ['corp.example.com\\alice', 'alice@corp', 'alice@corp.example.com', 'Corp\\alice'];

atDoors(
  'guesses at all spellings of a name are guesses at the name, at both doors together',
  async (doors) => {
    const { people, bring, alias, bind, logIn, directory } = doors;
    people(person('alice'));
    await bring(person('alice'));
    alias('alice', ...spellings);
    for (const name of spellings.slice(0, 3)) expect(await bind(name, 'guess')).toBe('source_refused');
    directory.asked.length = 0;
    for (const name of [...spellings, 'CORP\\alice', 'alice']) {
      expect(await bind(name, right)).toBe('throttled');
      expect(await logIn(name, right)).toBe('throttled');
    }
    // Nobody is even asked, so nobody is locked out in the directory.
    expect(directory.asked).toEqual([]);
    const elsewhere = '198.51.100.7';
    for (const name of spellings.slice(0, 3))
      expect(await logIn(name, 'guess', elsewhere)).toBe('wrong_password');
    for (const name of [...spellings, 'alice']) expect(await bind(name, right, elsewhere)).toBe('throttled');
  },
);

atDoors('also at another name of the same person: a right password comes too late', async (doors) => {
  const { people, bring, alias, bind, logIn } = doors;
  const alice = person('alice', { email: 'a.smith@example.com' });
  people(alice);
  await bring(alice);
  alias('alice', 'a.smith@example.com', ...spellings);
  for (const name of spellings.slice(0, 3)) await bind(name, 'guess');
  expect(await bind('a.smith@example.com', right)).toBe('throttled');
  expect(doors.steps).toContain('source_found');
  expect(await logIn('a.smith@example.com', right)).toBe('throttled');
});

atDoors('and at somebody whom nobody here has seen yet', async ({ people, alias, bind }) => {
  people(person('newcomer'));
  alias('newcomer', 'newcomer@one', 'two\\newcomer', 'newcomer@three', 'four\\newcomer');
  for (const name of ['newcomer@one', 'two\\newcomer', 'newcomer@three'])
    expect(await bind(name, 'guess')).toBe('source_refused');
  expect(await bind('four\\newcomer', 'password of newcomer')).toBe('throttled');
  expect(await bind('newcomer', 'password of newcomer')).toBe('throttled');
  expect(await bind('newcomer', 'password of newcomer', '198.51.100.7')).toBe('let in');
});

atDoors('and where a source takes each spelling for a person of its own', async ({ deps, source, bind }) => {
  const of = { id: source.id, name: source.name, revision: 1, teams: [], knows: 'names' } as const;
  deps.sources = {
    async verify(_applicationId, username, password) {
      const user = person(username);
      if (password.reveal() === right) return [{ source: of, answer: { kind: 'found', user } }];
      return [{ source: of, answer: { kind: 'refused', reason: 'radius_rejected', user } }];
    },
  };
  for (const name of ['one\\alice', 'alice@two', 'three\\alice'])
    expect(await bind(name, 'guess')).toBe('source_refused');
  for (const name of ['four\\alice', 'alice@five', 'alice'])
    expect(await bind(name, right)).toBe('throttled');
});

const refusedBy = (user: DirectoryUser) => ({ kind: 'refused', reason: 'radius_rejected', user }) as const;

atDoors('an outage stands before what a RADIUS server behind it says', async (doors) => {
  const { db, deps, it, application, source, bring, bind, logIn, failures, guess } = doors;
  const made = await createUserSource(deps, anna.actor, null, application.id, newSource({ name: 'RADIUS' }));
  const radius = { id: made.id, name: made.name, revision: 1, teams: [], knows: 'names' } as const;
  const staff = { id: source.id, name: source.name, revision: 1, teams: [], knows: 'people' } as const;
  const known = (username: string) => person(username, { guid: `${radius.id}/${username}` });
  await bring(person('alice'));
  const bob = { applicationId: application.id, source: radius.name, user: known('bob'), from: radius };
  await db.write((tx) => keepForeignUser(tx, deps, anna.actor, bob));
  await it.user(application, { username: 'carol', username_key: 'carol' });
  deps.sources = {
    async verify(_applicationId, username, password) {
      const user = known(username);
      const isRight = password.reveal() === 'password at RADIUS';
      const answer = isRight ? ({ kind: 'found', user } as const) : refusedBy(user);
      const away = { source: staff, answer: { kind: 'unavailable', detail: 'nobody is there' } } as const;
      return [away, { source: radius, answer }];
    },
  };
  // She belongs to the source that is away: no password of another person of her name is a guess at hers, nor lets anybody in as her.
  for (const password of ['guess', 'password at RADIUS', right, 'guess', 'guess']) {
    expect(await logIn('alice', password)).toBe('source_unavailable');
    expect(await bind('alice', password)).toBe('source_unavailable');
  }
  expect(failures.exceeded(guess('alice', home).typed)).toBeUndefined();
  // He belongs to the RADIUS server, which was asked.
  expect(await logIn('bob', 'guess')).toBe('source_refused');
  expect(await bind('bob', 'guess')).toBe('source_refused');
  await logIn('bob', 'guess');
  expect(await logIn('bob', 'password at RADIUS')).toBe('throttled');
  // Nobody knows whose these are: the outage is the reason, and each try counts all the same.
  for (const name of ['dave', 'carol']) {
    expect(await logIn(name, 'guess')).toBe('source_unavailable');
    expect(await bind(name, 'guess')).toBe('source_unavailable');
    await logIn(name, 'guess');
    expect(await bind(name, 'password at RADIUS')).toBe('throttled');
  }
});

atDoors('who is called otherwise is not meant, however loosely a directory compares', async (doors) => {
  const { people, bring, alias, bind, logIn, failures, guess, directory } = doors;
  people(person('alice'));
  await bring(person('alice'));
  alias('alice', '\u00e0lice', 'al  ice', 'al\u00efce');
  expect(await bind('\u00e0lice', right)).toBe('source_refused');
  expect(await logIn('\u00e0lice', right)).toBe('unknown_user');
  await bind('al  ice', 'guess');
  // They count as tries at her password, at both doors.
  expect(failures.exceeded(guess('alice', home).typed)).toBe('failures_user_at_source');
  for (const name of ['\u00e0lice', 'al  ice', 'al\u00efce'])
    for (const door of [bind, logIn]) await door(name, 'guess', '198.51.100.7');
  expect(failures.exceeded(guess('alice', '198.51.100.7').typed)).toBe('failures_user_at_source');
  // Which nobody tried, so that she is not locked out there.
  expect(directory.tried).toEqual([]);
});

atDoors(
  'guesses at logins are guesses at whoever is meant, a user who may come in by it or not',
  async (doors) => {
    const { deps, source, people, bring, alias, logIn, failures, guess, setPassword } = doors;
    const mail = 'a.smith@example.com';
    const [alice, newcomer] = [
      person('asmith', { email: mail }),
      person('newcomer', { email: 'new@example.com' }),
    ];
    people(alice, newcomer);
    alias('asmith', mail);
    alias('newcomer', 'new@example.com');
    await setPassword(await bring(alice), ownPassword);
    for (const [typed, meant] of [
      [mail, 'asmith'],
      ['new@example.com', 'newcomer'],
    ] as const) {
      for (const password of ['guess', `password of ${meant}`, 'guess'])
        expect(await logIn(typed, password)).toBe('unknown_user');
      expect(failures.exceeded(guess(meant, home).typed)).toBe('failures_user_at_source');
    }
    const of = { id: source.id, name: source.name, revision: 1, teams: [], knows: 'names' } as const;
    deps.sources = {
      verify: async (_applicationId, username) => [
        { source: of, answer: { kind: 'refused', reason: 'radius_rejected', user: person(username) } },
      ],
    };
    for (const typed of ['one\\bob', 'bob@two', 'three\\bob'])
      expect(await logIn(typed, 'guess')).toBe('unknown_user');
    expect(await logIn('four\\bob', 'guess')).toBe('throttled');
  },
);

atDoors('the names by which a directory lets people log in mean them at both doors', async (doors) => {
  const { people, bring, alias, bind, logIn } = doors;
  const login_names = ['asmith', 'alice.smith@corp.example.com'];
  const alice = person('asmith', { login_names, email: 'a@elsewhere.example' });
  people(alice);
  await bring(alice);
  alias('asmith', 'alice.smith@corp.example.com', 'alice.smith', 'a@elsewhere.example', 'a@corp');
  for (const name of ['alice.smith@corp.example.com', 'alice.smith', 'CORP\\asmith', 'a@elsewhere.example'])
    expect([name, await bind(name, 'password of asmith'), await logIn(name, 'password of asmith')]).toEqual([
      name,
      'let in',
      'let in',
    ]);
  expect(await bind('a@corp', 'password of asmith')).toBe('source_refused');
  expect(await logIn('a@corp', 'password of asmith')).toBe('unknown_user');
});

atDoors(
  'a name that somebody here has means nobody else',
  async ({ it, application, people, bring, alias, bind, logIn }) => {
    const login_names = ['asmith', 'bob@corp.example.com'];
    people(person('asmith', { login_names }), person('bob'));
    await bring(person('asmith', { login_names }));
    alias('asmith', 'bob');
    const bob = await it.user(application, { username: 'bob' });
    expect(await bind('bob', 'password of asmith')).toBe('source_refused');
    expect(await logIn('bob', 'password of asmith')).toBe('source_refused');
    // Whom no source has brought so far, and who would be made by it under another name.
    people(person('newcomer'));
    alias('newcomer', 'bob');
    expect(await bind('bob', 'password of newcomer')).toBe('user_of_another');
    const users = await it.deps.db.read
      .selectFrom('users')
      .select('username')
      .where('application_id', '=', application.id)
      .execute();
    expect(users.map(({ username }) => username).toSorted()).toEqual(['asmith', 'bob']);
    expect(bob.username).toBe('bob');
  },
);

atDoors(
  'who has a password here is judged by it alone, however the name is written',
  async (doors) => {
    const { it, application, db, people, bring, alias, bind, logIn, setPassword, directory, source } = doors;
    people(person('alice'), person('carol'));
    const aliceId = await bring(person('alice'));
    alias('alice', ...spellings);
    // From nowhere, with the id that the directory gives her.
    const carol = { username: 'carol', external_guid: person('carol').guid, password: ownPassword };
    await it.user(application, carol);
    expect(await bind('CORP\\alice', right)).toBe('let in');
    const kept = () =>
      db.read.selectFrom('user_source_credentials').selectAll().where('source_id', '=', source.id).execute();
    expect(await kept()).toHaveLength(1);
    await setPassword(aliceId, ownPassword);
    expect(await kept()).toEqual([]);
    expect(await bind('CORP\\alice', right)).toBe('has_password');
    expect(await logIn('CORP\\alice', right)).toBe('unknown_user');
    expect(await bind('CORP\\carol', 'password of carol')).toBe('has_password');
    expect(await logIn('CORP\\carol', 'password of carol')).toBe('unknown_user');
    expect(await kept()).toEqual([]);
    // Whatever stood in the cache, such as from before.
    await setPassword(aliceId, null);
    expect(await bind('alice@corp', right)).toBe('let in');
    const entries = await kept();
    await setPassword(aliceId, ownPassword);
    await db.write((tx) => tx.insertInto('user_source_credentials').values(entries).execute());
    directory.down.add(source.id);
    expect(await bind('alice@corp', right)).toBe('source_not_cached');
    expect(await logIn('alice@corp', right)).toBe('source_unavailable');
    for (const name of ['alice', 'carol'])
      expect([await bind(name, ownPassword), await logIn(name, ownPassword)]).toEqual(['let in', 'let in']);
  },
  { cache_hours: 1 },
);

atDoors('in an outage nobody has guessed, however the name is written', async (doors) => {
  const { people, bring, alias, bind, logIn, directory, source } = doors;
  people(person('alice'));
  await bring(person('alice'));
  alias('alice', ...spellings);
  directory.down.add(source.id);
  const often = Array.from({ length: 4 }, () => ['alice@corp', 'alice']).flat();
  for (const name of [...spellings, ...often]) {
    expect(await bind(name, right)).toBe('source_unavailable');
    expect(await logIn(name, right)).toBe('source_unavailable');
  }
  // Somebody made up is answered the same.
  expect(await logIn('CORP\\nobody', 'guess')).toBe('source_unavailable');
  directory.down.clear();
  expect(await bind('alice@corp', right)).toBe('let in');
  expect(await logIn('alice@corp', right)).toBe('let in');
});

atDoors(
  'guesses at what the credential cache keeps are guesses, by the typed name and by the user',
  async (doors) => {
    const { db, people, bring, alias, bind, logIn, directory, source, failures, guess } = doors;
    const mail = 'a.smith@example.com';
    const dora = person('dora');
    people(person('asmith', { email: mail }), dora);
    alias('asmith', mail);
    await bring(dora);
    const kept = () =>
      db.read.selectFrom('user_source_credentials').selectAll().where('source_id', '=', source.id).execute();
    for (const door of [bind, logIn]) {
      directory.down.clear();
      const [from, nowhere] = door === bind ? ['203.0.113.1', '203.0.113.2'] : ['203.0.113.3', '203.0.113.4'];
      expect(await bind(mail, 'password of asmith')).toBe('let in');
      directory.down.add(source.id);
      const away = door === bind ? 'source_not_cached' : 'source_unavailable';
      for (let i = 0; i < 3; i += 1) expect(await door(mail, 'guess', from)).toBe(away);
      expect(await door(mail, 'password of asmith', from)).toBe('throttled');
      for (const name of [mail, 'asmith'])
        expect(failures.exceeded(guess(name, from).typed)).toBe('failures_user_at_source');
      // Before all tries at the kept password are used up.
      expect((await kept()).map(({ wrong_tries }) => wrong_tries)).toEqual([3]);
      expect(await door(mail, 'password of asmith')).toBe('let in');
      // Of whom nothing is kept, of whom nobody knows: nothing was compared.
      for (const name of ['dora', 'CORP\\dora', 'nobody'])
        for (let i = 0; i < 5; i += 1) expect(await door(name, 'guess', nowhere)).toBe(away);
    }
    // Whoever goes from name to name is kept out by the address.
    const sources = createLoginFailures(doors.deps.clock, { ...rates, source: rate(2) });
    Object.assign(doors.deps.throttles, { failures: sources });
    for (const name of [mail, 'asmith']) await logIn(name, 'guess', '198.51.100.9');
    expect(await logIn('dora', 'guess', '198.51.100.9')).toBe('throttled');
  },
  { cache_hours: 1 },
);

atDoors(
  'a right password whose teams cannot be read is refused as a wrong one is, and counts for none',
  async (doors) => {
    const { people, bring, bind, logIn, directory, source } = doors;
    people(person('alice', { teams: ['Staff'] }));
    await bring(person('alice'));
    directory.goesAfterAnswer.add(source.id);
    expect(await bind('alice', 'guess')).toBe('source_refused');
    for (let i = 0; i < 10; i += 1) {
      expect(await bind('alice', right)).toBe('source_unavailable');
      expect(await logIn('alice', right)).toBe('source_unavailable');
    }
    directory.lookUp = async () => {
      throw new Error('broken in another way');
    };
    expect(await bind('alice', right)).toBe('source_unavailable');
    expect(await logIn('alice', right)).toBe('source_unavailable');
  },
  { groups: [{ group: 'cn=staff', team: 'Staff' }] },
);

atDoors(
  'strangers who guess keep nobody out where that person came in before, by whatever name',
  async (doors) => {
    const { people, bring, alias, bind, logIn } = doors;
    const alice = person('asmith', { email: 'a.smith@example.com' });
    people(alice);
    await bring(alice);
    alias('asmith', 'a.smith@example.com');
    const mail = 'a.smith@example.com';
    const password = 'password of asmith';
    expect(await logIn(mail, password)).toBe('let in');
    for (let i = 0; i < 20; i += 1)
      for (const name of ['a.smith', mail, 'asmith']) await logIn(name, 'guess', `203.0.113.${i}`);
    for (const door of [bind, logIn]) {
      expect(await door(mail, password, '198.51.100.7')).toBe('throttled');
      expect(await door(mail, password)).toBe('let in');
    }
  },
);

atDoors('only where somebody was let in is that person at home', async (doors) => {
  const { it, application, people, bind, failures, guess } = doors;
  // The name of somebody here who is judged by another password, and somebody who is disabled here.
  people(person('alice'), person('dora'));
  await it.user(application, { password: ownPassword, external_guid: 'another' });
  await it.user(application, { username: 'dora', external_guid: person('dora').guid, enabled: 0 });
  expect(await bind('CORP\\alice', right)).toBe('user_of_another');
  expect(await bind('CORP\\dora', 'password of dora')).toBe('user_disabled');
  const isHome = (name: string): boolean => {
    for (let i = 0; i < 10; i += 1) failures.failed(guess(name, `203.0.113.${i}`).typed);
    return failures.exceeded(guess(name, home).typed) === undefined;
  };
  expect([isHome('dora'), isHome('CORP\\dora'), isHome('CORP\\alice')]).toEqual([false, false, false]);
  expect(await bind('alice', ownPassword)).toBe('let in');
  expect(isHome('alice')).toBe(true);
});
