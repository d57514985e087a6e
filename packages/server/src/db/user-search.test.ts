import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrateWithin, newestSchema } from './migrate.ts';
import { onBothDatabases, openFreshPostgres, openFreshSqlite } from './on-both-databases.test-support.ts';
import { searchKey } from './search-key.ts';

const names = [
  { username: 'anna', full_name: '', email: '' },
  { username: 'ÖZTÜRK', full_name: 'İsmet Öztürk', email: 'I.Oeztuerk@Example.COM' },
  { username: 'per_cent%', full_name: 'back\\slash \' " $1 ?', email: '' },
  { username: '\u{10ffd}', full_name: 'Straße', email: '' },
];

onBothDatabases('the migration user-search', (db) => {
  test('fills in what the users that are there are found by, more than are written at once', async () => {
    const { db: old, remove } = await (db().dialect === 'sqlite'
      ? openFreshSqlite()
      : openFreshPostgres(process.env.TEST_POSTGRES_URL ?? ''));
    const users = Array.from({ length: 1100 }, (_, n) => {
      const { username, ...rest } = names[n % names.length]!;
      return { id: `usr_${n}`, username: `${username}${n}`, ...rest };
    });
    await old.write(async (tx) => {
      await migrateWithin(tx, old.dialect, 9);
      await sql`insert into applications (id, access_id, name, name_key, request_seconds, device_limit, enabled, created_at, updated_at)
        values ('app', 'app', 'VPN', 'vpn', 60, 1, 1, 1, 1)`.execute(tx);
      for (const { id, username, full_name, email } of users)
        await sql`insert into users (id, application_id, username, username_key, full_name, email, phone, external_guid, enabled,
          unanswered_streak, created_at, updated_at)
          values (${id}, 'app', ${username}, ${username}, ${full_name}, ${email}, '', '', 1, 0, 1, 1)`.execute(
          tx,
        );
      await migrateWithin(tx, old.dialect, newestSchema);
    });
    const rows = await old.read.selectFrom('users').select(['id', 'search_key']).execute();
    expect(new Map(rows.map((row) => [row.id, row.search_key]))).toEqual(
      new Map(users.map((user) => [user.id, searchKey(user)])),
    );
    await old.close();
    await remove();
  });
});

test('the key of a user: three names, folded, a line each', () => {
  expect(searchKey({ username: 'Ann', full_name: 'ÉmiliE  Straße', email: 'A@b' })).toBe(
    'ann\némilie  strasse\na@b',
  );
  expect(searchKey({ username: 'a', full_name: '', email: '' })).toBe('a\n\n');
});
