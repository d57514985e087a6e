import { NewUser } from '@countersign/contract/models.ts';
import type { User } from '@countersign/contract/models.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
  plantDevice,
  plantPendingRequest,
  standingOf,
} from '#core/audit/administration.test-support.ts';
import { insertRows } from '#db/insert-rows.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { changeUser } from './change-user.ts';
import { changeUsers } from './change-users.ts';
import { createUser } from './create-user.ts';
import { deleteUsers } from './delete-users.ts';
import { findUser } from './find-user.ts';
import { listTeams } from './list-teams.ts';
import { listUsers } from './list-users.ts';
import { createPasswords } from './passwords.ts';
import type { UserQuery, UserSort } from './user-list-store.ts';
import { updateUser } from './user-store.ts';

const sorts = ['username', 'full_name', 'last_authenticated_at', 'created_at'] as const;
const application = 'app_sorted';

onBothDatabases('the list of users', (db) => {
  const clock = createHandClock();
  const deps = () => ({ ...administrationDeps(db(), clock), passwords: createPasswords() });
  const create = (applicationId: string, username: string, rest: Record<string, unknown> = {}) => {
    const input = NewUser.omit({ application_id: true }).parse({ username, ...rest });
    return createUser(deps(), actor, null, { application_id: applicationId, ...input });
  };
  const set = (id: string, columns: Parameters<typeof updateUser>[2]) =>
    db().write((tx) => updateUser(tx, id, columns));
  const walk = async (query: UserQuery, visible: string | null = application) => {
    const seen: User[] = [];
    const totals: (number | null)[] = [];
    let cursor: string | undefined;
    do {
      const page = await listUsers(deps(), visible, { ...query, cursor });
      expect(page.items.length).toBeLessThanOrEqual(query.limit);
      seen.push(...page.items);
      totals.push(page.total);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return { seen, totals };
  };

  beforeAll(async () => {
    await plantApplications(db(), application, 'app_filtered', 'app_unseen', 'app_crowd', 'app_bulk');
    const people = [
      ['gina', 'Zoe', 5],
      ['bert', '', null],
      ['dora', 'anna', 9],
      ['faye', 'Anna', null],
      ['adam', '', 5],
      ['carl', 'Bob', 0],
      ['emil', 'bob', null],
      ['hugo', '', 7],
    ] as const;
    for (const [username, full_name, last_authenticated_at] of people) {
      const { id } = await create(application, username, { full_name });
      await set(id, { last_authenticated_at });
      // Several of the same moment.
      if (username !== 'dora') clock.turn(1);
    }
  });

  test('whatever the page’s length, walking the pages yields the whole list in its order', async () => {
    const everybody = (await walk({ limit: 200 })).seen;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sorts),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 1, max: 9 }),
        async (sort, order, limit) => {
          const { seen, totals } = await walk({ sort, order, limit });
          expect(seen.map(({ id }) => id)).toEqual(sorted(everybody, sort, order).map(({ id }) => id));
          expect(totals).toEqual([everybody.length, ...totals.slice(1).map(() => null)]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a cursor of another order is refused', async () => {
    const { nextCursor } = await listUsers(deps(), application, { limit: 1, sort: 'created_at' });
    for (const query of [{ sort: 'full_name' }, { sort: 'created_at', order: 'desc' }, {}] as const)
      await expect(
        listUsers(deps(), application, { limit: 1, cursor: nextCursor ?? '', ...query }),
      ).rejects.toMatchObject({ code: 'invalid_request' });
    for (const sort of ['created_at', 'last_authenticated_at'] as const)
      for (const value of ['x', '', '1.5', '1e999', '-1', '99999999999999999999', '\ud800']) {
        const cursor = Buffer.from(JSON.stringify([`${sort} asc`, value, ''])).toString('base64url');
        await listUsers(deps(), application, { limit: 1, sort, cursor });
      }
  });

  test('filters narrow the list and its total', async () => {
    const visible = 'app_filtered';
    const made = await Promise.all(
      ['off', 'bound', 'revoked', 'held', 'plain'].map((name) => create(visible, name)),
    );
    const [off, bound, revoked, held] = made.map(({ id }) => id) as [string, string, string, string];
    await set(off, { enabled: 0 });
    await set(held, { held_by_request_id: 'req_any' });
    await plantDevice(db(), bound, 'dev_filtered');
    await plantDevice(db(), revoked, 'dev_filtered_gone');
    await db().write((tx) =>
      tx.updateTable('devices').set({ revoked_at: 2 }).where('id', '=', 'dev_filtered_gone').execute(),
    );
    const names = async (filter: Partial<UserQuery>) => {
      const { seen, totals } = await walk({ limit: 2, ...filter }, visible);
      expect(totals[0]).toBe(seen.length);
      return seen.map(({ username }) => username);
    };
    expect(await names({ enabled: false })).toEqual(['off']);
    expect(await names({ enabled: true })).toEqual(['bound', 'held', 'plain', 'revoked']);
    expect(await names({ onboarded: true })).toEqual(['bound']);
    expect(await names({ onboarded: false })).toEqual(['held', 'off', 'plain', 'revoked']);
    expect(await names({ held: true })).toEqual(['held']);
    expect(await names({ held: false, search: 'l' })).toEqual(['plain']);
    const team = async (applicationId: string) =>
      (await listTeams(deps(), null, applicationId, { limit: 9 })).items[0]!.id;
    await changeUser(deps(), actor, null, bound, { teams: ['Ops'] });
    await changeUser(deps(), actor, null, off, { teams: ['Ops'] });
    const ops = await team(visible);
    for (const sort of sorts)
      for (const order of ['asc', 'desc'] as const)
        expect((await names({ team_id: ops, sort, order })).toSorted()).toEqual(['bound', 'off']);
    expect(await names({ team_id: ops, order: 'desc' })).toEqual(['off', 'bound']);
    expect(await names({ team_id: ops, enabled: true, search: 'o' })).toEqual(['bound']);
    expect(await names({ team_id: 'tem_none' })).toEqual([]);
    // A team of an application that the caller does not see.
    await create('app_unseen', 'stranger', { teams: ['Ops'] });
    expect(await names({ team_id: await team('app_unseen') })).toEqual([]);
    expect(await names({ search: 'o', sort: 'username', order: 'desc' })).toEqual([
      'revoked',
      'off',
      'bound',
    ]);
  });

  test('a team of thousands is listed as one of few is', async () => {
    const { id } = await create('app_crowd', 'first', { teams: ['Everybody'] });
    const { id: team_id } = (await listTeams(deps(), null, 'app_crowd', { limit: 1 })).items[0]!;
    const first = (await findUser(db().read, id))!;
    const copies = Array.from({ length: 5000 }, (_, n) => ({
      ...first,
      id: `usr_crowd${n}`,
      username_key: `u${n % 2}${n}`,
    }));
    await db().write(async (tx) => {
      await insertRows(tx, db().dialect, 'users', copies);
      const members = copies.map((copy) => ({ team_id, user_id: copy.id }));
      await insertRows(tx, db().dialect, 'team_members', members);
    });
    await create('app_crowd', 'stranger');
    for (const sort of sorts) {
      const page = await listUsers(deps(), 'app_crowd', { limit: 200, sort, team_id });
      expect([page.items.length, page.total]).toEqual([200, 5001]);
    }
    const few = await listUsers(deps(), null, { limit: 3, team_id, search: 'first', enabled: true });
    expect([few.items.length, few.total]).toEqual([3, 5001]);
    const none = await listUsers(deps(), 'app_crowd', { limit: 3, team_id, search: 'stranger' });
    expect(none).toEqual({ items: [], nextCursor: null, total: 0 });
    expect(await listUsers(deps(), 'app_bulk', { limit: 3, team_id })).toMatchObject({ items: [], total: 0 });
  });

  test('many are disabled or deleted at once: an event for each, waiting logins end, strangers stay untouched', async () => {
    const made = await Promise.all(['one', 'two', 'three'].map((name) => create('app_bulk', name)));
    const [one, two, three] = made.map(({ id }) => id) as [string, string, string];
    const stranger = (await walk({ limit: 1 })).seen[0]!;
    await plantPendingRequest(db(), { id: 'req_bulk', applicationId: 'app_bulk', userId: two });
    const before = (await auditTrail(db())).length;
    const user_ids = [one, two, two, 'usr_none', stranger.id];
    const missing = ['usr_none', stranger.id];
    expect(await changeUsers(deps(), actor, 'app_bulk', { user_ids, enabled: false })).toEqual({
      done: 2,
      missing,
    });
    expect(await standingOf(db(), 'req_bulk')).toMatchObject({ request: { status: 'cancelled' } });
    const told = (await auditTrail(db())).slice(before);
    expect(told.map(({ event, subject_id }) => [event, subject_id])).toEqual([
      ['user.changed', one],
      ['auth_request.cancelled', 'req_bulk'],
      ['user.changed', two],
    ]);
    expect(await deleteUsers(deps(), actor, 'app_bulk', { user_ids })).toEqual({ done: 2, missing });
    const left = await walk({ limit: 9 }, 'app_bulk');
    expect(left.seen.map(({ id }) => id)).toEqual([three]);
    expect((await walk({ limit: 200 })).seen).toContainEqual(stranger);
    const deleted = (await auditTrail(db())).slice(before + told.length);
    expect(deleted.map(({ event }) => event)).toEqual(['user.deleted', 'user.deleted']);
  });
});

function sorted(users: readonly User[], sort: UserSort, order: 'asc' | 'desc'): readonly User[] {
  const sign = order === 'asc' ? 1 : -1;
  const valueOf = (user: User) =>
    sort === 'username' || sort === 'full_name' ? user[sort].toLowerCase() : user[sort];
  const compare = <T extends string | number>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0) * sign;
  return users.toSorted((one, other) => {
    const [a, b] = [valueOf(one), valueOf(other)];
    const [noA, noB] = [a === null || a === '', b === null || b === ''];
    if (noA !== noB) return noA ? 1 : -1;
    const byValue = noA || noB ? 0 : compare(a as string, b as string);
    return byValue === 0 ? compare(one.id, other.id) : byValue;
  });
}
