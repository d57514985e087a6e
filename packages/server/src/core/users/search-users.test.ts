import { NewUser, type UserChanges } from '@countersign/contract/models.ts';
import { isDisplayable, nameKey } from '@countersign/contract/text.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { searchKey } from '#db/search-key.ts';
import { changeUser } from './change-user.ts';
import { createUser } from './create-user.ts';
import { findUser } from './find-user.ts';
import { listUsers } from './list-users.ts';
import { createPasswords } from './passwords.ts';
import type { UserQuery } from './user-list-store.ts';

const application = 'app_search';

onBothDatabases('search of users', (db) => {
  const clock = createHandClock();
  const deps = () => ({ ...administrationDeps(db(), clock), passwords: createPasswords() });
  const plant = (applicationId: string, username: string, full_name: string, email: string) => {
    const input = NewUser.omit({ application_id: true }).parse({ username, full_name, email });
    return createUser(deps(), actor, null, { application_id: applicationId, ...input });
  };
  const change = (id: string, changes: UserChanges) => changeUser(deps(), actor, null, id, changes);
  const find = async (search: string, query: Partial<UserQuery> = {}) => {
    const page = await listUsers(deps(), null, { limit: 50, application_id: application, search, ...query });
    expect(page.total).toBe(page.items.length);
    return page.items.map(({ username }) => username);
  };

  beforeAll(async () => {
    await plantApplications(db(), application, 'app_folded', 'app_changed', 'app_any');
    await plant(application, 'oezt', 'ÖZTÜRK, Émilie', 'e.oeztuerk@example.com');
    await plant(application, 'per_cent%', 'O’Brien [admin] *', 'Ob@Example.ORG');
    await plant(application, 'back\\slash', 'Straße (Süd)', '');
  });

  test('parts of names and addresses are found whatever their case, and wildcards are taken as they are', async () => {
    expect(await find('öztürk')).toEqual(['oezt']);
    expect(await find('ÉMILIE')).toEqual(['oezt']);
    expect(await find('emilie')).toEqual([]);
    expect(await find('o\u0308zt')).toEqual(['oezt']);
    expect(await find('OEZT')).toEqual(['oezt']);
    expect(await find('example.')).toEqual(['oezt', 'per_cent%']);
    expect(await find('@EXAMPLE.org')).toEqual(['per_cent%']);
    expect(await find('_')).toEqual(['per_cent%']);
    expect(await find('%')).toEqual(['per_cent%']);
    expect(await find('r%t')).toEqual([]);
    expect(await find('r_c')).toEqual(['per_cent%']);
    expect(await find('e_')).toEqual([]);
    expect(await find('*')).toEqual(['per_cent%']);
    expect(await find('[ADMIN]')).toEqual(['per_cent%']);
    expect(await find('\\')).toEqual(['back\\slash']);
    expect(await find('\\s')).toEqual(['back\\slash']);
    expect(await find('\\%')).toEqual([]);
    expect(await find('(süd)')).toEqual(['back\\slash']);
    expect(await find("' or 1=1 --")).toEqual([]);
    for (const nothing of ['  ', '\u200b']) expect(await find(nothing)).toHaveLength(3);
  });

  test('nothing is found across two names, and what cannot be shown is refused', async () => {
    expect(await find('slashStraße')).toEqual([]);
    for (const text of ['a\u0000', 'back\\slash\nStraße'])
      await expect(find(text)).rejects.toMatchObject({
        code: 'invalid_request',
        fields: [{ field: 'search' }],
      });
  });

  test('letters that share a capital are one, and compatibility forms are', async () => {
    await plant('app_folded', 'isp', 'İsparta ΟΔΟΣ Ａnna', '');
    await plant('app_folded', 'str', 'Straße am Sınır', '');
    const found = (text: string) => find(text, { application_id: 'app_folded' });
    for (const text of ['isparta', 'ISPARTA', 'ısparta', 'İsparta', 'οδος', 'ΟΔΟΣ', 'δοσ', 'ANNA', 'ａ'])
      expect([text, await found(text)]).toContainEqual(expect.arrayContaining(['isp']));
    for (const text of ['strasse', 'STRASSE', 'STRAẞE', 'straße', 'ss', 'ß', 'SINIR', 'sinir'])
      expect([text, await found(text)]).toEqual([text, ['str']]);
  });

  test('in any order, with any other condition, and however many there are', async () => {
    for (const sort of ['username', 'full_name', 'created_at', 'last_authenticated_at'] as const)
      for (const order of ['asc', 'desc'] as const)
        for (const rest of [{}, { enabled: true }, { held: false }, { onboarded: false }]) {
          expect((await find('example', { sort, order, ...rest })).toSorted()).toEqual(['oezt', 'per_cent%']);
          expect(await find('nobody', { sort, order, ...rest })).toEqual([]);
        }
    const page = await listUsers(deps(), application, { limit: 1, search: 'example' });
    expect([page.items.length, page.total]).toEqual([1, 2]);
  });

  test('whatever a user is called, each part of it finds them', async () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isDisplayable);
    let made = 0;
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.constantFrom('toUpperCase', 'toLowerCase', 'trim'),
        async (text, written) => {
          fc.pre(nameKey(text) !== '');
          const { id } = await plant('app_any', `user ${(made += 1)}`, `before ${text} after`, '');
          const page = await listUsers(deps(), 'app_any', { limit: 200, search: text[written]() });
          expect(page.items.map((user) => user.id)).toContain(id);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a change of a name is found at once, and nobody is found by the former one', async () => {
    const { id } = await plant('app_changed', 'before', 'Bea Fore', 'b@example.com');
    const found = (text: string) => find(text, { application_id: 'app_changed' });
    await change(id, { username: 'After' });
    await change(id, { full_name: 'Ada Ñandú' });
    await change(id, { email: 'x@EXAMPLE.org' });
    for (const text of ['after', 'ñandÚ', 'x@example.org']) expect(await found(text)).toEqual(['After']);
    for (const text of ['before', 'Bea', 'b@']) expect(await found(text)).toEqual([]);
    await change(id, { email: '', enabled: false });
    expect(await found('x@')).toEqual([]);
  });

  test('of several who change different names at the same moment, each is found', async () => {
    const { id } = await plant('app_changed', 'many', '', '');
    for (let n = 0; n < 10; n += 1) {
      await Promise.all([
        change(id, { username: `many${n}` }),
        change(id, { full_name: `Ümit ${n}` }),
        change(id, { email: `${n}@example.com` }),
      ]);
      const row = await findUser(db().read, id);
      expect(row).toMatchObject({ username: `many${n}`, full_name: `Ümit ${n}`, email: `${n}@example.com` });
      expect(row?.search_key).toBe(searchKey(row!));
    }
  });
});
