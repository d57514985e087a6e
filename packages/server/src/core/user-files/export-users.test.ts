// What an export of users says on both databases, and that it brings the same users in elsewhere.
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { isDisplayable } from '@countersign/contract/text.ts';
import { actor, auditTrail } from '#core/audit/administration.test-support.ts';
import { createUser } from '#core/users/create-user.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { exportUsers } from './export-users.ts';
import { app, other, setUp, stateOf, beginAnew, many } from './user-files.test-support.ts';

onBothDatabases('exports of users', (db) => {
  beforeEach(() => beginAnew(db()));

  test('an export says what the format says, and begins no formula', async () => {
    const { bring, exported } = setUp(db());
    // The column has the name that earlier releases exported.
    await bring(
      'Username,Full name,Email,Phone,Teams,External GUID\n"-alice","=1+1;@x",a@example.org,+491701234567,"a\\|b|c",g\n',
    );
    const [head, line] = (await exported('csv')).split('\r\n');
    expect(head).toBe(
      'Username,Full name,Device count,Enabled,Last authentication,Last onboarding,Teams,Created at,Last updated at,Email,Phone,External id,Device limit',
    );
    const at = new Date(1_790_000_000_000).toISOString();
    expect(line).toBe(`'-alice,"'=1+1;'@x",0,yes,,,a\\|b|c,${at},${at},a@example.org,'+491701234567,g,`);
    expect(JSON.parse(await exported('json'))).toMatchObject([
      { username: '-alice', enabled: true, teams: ['a|b', 'c'] },
    ]);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'user.file_exported',
      data: { format: 'json' },
    });
  });

  test('an export that is ended breaks off loudly', async () => {
    const { deps, bring } = setUp(db());
    await bring(many(600));
    const stop = new AbortController();
    const pieces = (
      await exportUsers(deps, actor, null, { application_id: app, format: 'json' }, stop.signal)
    )[Symbol.asyncIterator]();
    await pieces.next();
    stop.abort();
    await expect(pieces.next()).rejects.toMatchObject({
      message: expect.stringContaining('export') as string,
    });
  });

  describe('exported and imported elsewhere', () => {
    const text = (limit: number) =>
      fc
        .oneof(
          fc.string({ unit: 'grapheme', maxLength: limit }),
          fc.string({
            unit: fc.constantFrom("'", '=', '+', '-', '@', ';', ',', '"', '|', '\\', ' ', 'é', 'a'),
            maxLength: limit,
          }),
        )
        .filter(isDisplayable);
    const user = fc.record({
      username: text(20).filter((name) => /[a-z]/i.test(name)),
      full_name: text(20),
      email: fc.constantFrom('', 'a@example.org', '+x@example.org', '-x@example.org'),
      phone: fc.constantFrom('', '+491701234567'),
      teams: fc.array(
        text(8).filter((name) => /[a-z]/i.test(name)),
        { maxLength: 3 },
      ),
      external_guid: text(10),
      enabled: fc.boolean(),
      device_limit: fc.option(fc.integer({ min: 0, max: 20 })),
    });
    test.each(['csv', 'json', 'jsonl'] as const)('%s: the same state', async (format) => {
      const { deps, bring, usersIn, exported } = setUp(db());
      await fc.assert(
        fc.asyncProperty(fc.array(user, { minLength: 1, maxLength: 4 }), async (users) => {
          await db().write(async (tx) => {
            await tx.deleteFrom('users').execute();
            await tx.deleteFrom('teams').execute();
          });
          for (const each of users)
            await createUser(deps, actor, null, {
              ...each,
              full_name: each.full_name.normalize('NFC').trim(),
              external_guid: each.external_guid.normalize('NFC').trim(),
              username: each.username.normalize('NFC').trim(),
              teams: each.teams.map((name) => name.normalize('NFC').trim()),
              application_id: app,
            }).catch((error: { code?: string }) => expect(error.code).toBe('name_taken'));
          const done = await bring(await exported(format), 'all_or_nothing', other);
          expect(done).toMatchObject({ state: 'done', failed: 0, updated: 0 });
          const [from, to] = [await usersIn(app), await usersIn(other)];
          expect(to.map(stateOf)).toEqual(from.map(stateOf));
          expect(await bring(await exported(format), 'all_or_nothing', other)).toMatchObject({
            unchanged: from.length,
            updated: 0,
            created: 0,
          });
        }),
        { numRuns: 15 },
      );
    });
  });
});
