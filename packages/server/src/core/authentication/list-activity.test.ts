import { activityKinds } from '@countersign/contract/models.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  administrationDeps,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { bareLogin, bareUser } from '#db/bare-rows.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import type { AuthRequestTable } from '#db/auth-request-tables.ts';
import { newId } from '#platform/id.ts';
import { type ActivityFilter, listActivity } from './list-activity.ts';

const names = ['alice', 'Alina', 'bob', 'Bobby*', 'mallory'];
const doors = ['radius', 'api', 'console', 'radius'] as const;
const statuses = ['pending', 'approved', 'denied'] as const;

onBothDatabases('the list of activity', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const planted: AuthRequestTable[] = [];
  const walk = async (filter: Partial<ActivityFilter>, visible: string | null = null) => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listActivity(deps(), visible, { limit: 3, ...filter, cursor });
      expect(page.items.length).toBeLessThanOrEqual(filter.limit ?? 3);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return seen;
  };

  beforeAll(async () => {
    await plantApplications(db(), 'app_a', 'app_b');
    const users = ['alice', 'bob', 'bobby*'].map((name) => ({
      ...bareUser(`usr_${name}`, 'app_a'),
      username: name,
      username_key: name,
    }));
    await db().write((tx) => tx.insertInto('users').values(users).execute());
    for (let n = 0; n < 60; n += 1) {
      if (n % 3 !== 0) clock.turn(1 + (n % 7));
      const username = names[n % names.length]!;
      const user = users.find(({ username_key }) => username_key === username.toLowerCase());
      planted.push({
        ...bareLogin(
          newId(deps(), 'req'),
          user === undefined && n % 4 === 0 ? 'app_b' : 'app_a',
          clock.now(),
        ),
        user_id: user?.id ?? null,
        username,
        status: statuses[n % statuses.length]!,
        door: doors[n % doors.length]!,
      });
    }
    await db().write((tx) => tx.insertInto('auth_requests').values(planted).execute());
  });

  test('whatever the filter and the page’s length, walking the pages yields exactly what fits, newest first', async () => {
    const [first, last] = [planted[0]!.created_at, clock.now()];
    const moment = fc.option(fc.integer({ min: first - 5, max: last + 5 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          limit: fc.integer({ min: 1, max: 20 }),
          application_id: fc.constantFrom(undefined, 'app_a', 'app_b'),
          user_id: fc.constantFrom(undefined, undefined, 'usr_alice', 'usr_none'),
          status: fc.constantFrom(undefined, ...statuses),
          kind: fc.constantFrom(undefined, ...activityKinds),
          username: fc.constantFrom(undefined, 'al', 'ALI', 'bob', 'BOBBY*', 'm', 'nobody', '*', ' '),
          from: moment,
          until: moment,
        }),
        fc.constantFrom(null, 'app_a'),
        async (filter, visible) => {
          const { application_id, user_id, status, kind, username, from = 0, until = last + 9 } = filter;
          const begin = username?.trim().toLowerCase() ?? '';
          const fits = planted.filter(
            (row) =>
              [visible ?? row.application_id, application_id ?? row.application_id].every(
                (id) => id === row.application_id,
              ) &&
              (user_id ?? row.user_id) === row.user_id &&
              (status ?? row.status) === row.status &&
              (kind === undefined || (kind === 'console_sign_in') === (row.door === 'console')) &&
              row.username.toLowerCase().startsWith(begin) &&
              row.created_at >= from &&
              row.created_at < until,
          );
          const seen = await walk(filter, visible);
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen).toEqual(
            fits
              .map(({ id }) => id)
              .toSorted()
              .toReversed(),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  test('what nobody can be called is found nowhere, and a cursor that is none is refused', async () => {
    expect(await walk({ username: 'a\u0000' })).toEqual([]);
    await expect(listActivity(deps(), null, { limit: 1, cursor: 'x' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    const madeUp = Buffer.from(JSON.stringify(['x', 'req_'])).toString('base64url');
    await listActivity(deps(), 'app_a', { limit: 1, cursor: madeUp });
  });
});
