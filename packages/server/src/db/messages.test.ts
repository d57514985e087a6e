import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrateWithin, newestSchema } from './migrate.ts';
import { onBothDatabases, openFreshPostgres, openFreshSqlite } from './on-both-databases.test-support.ts';

onBothDatabases('the migration mail', (db) => {
  test('keeps gateways, rules, what was sent and codes of SMS as those of a channel', async () => {
    const { db: old, remove } = await (db().dialect === 'sqlite'
      ? openFreshSqlite()
      : openFreshPostgres(process.env.TEST_POSTGRES_URL ?? ''));
    await old.write(async (tx) => {
      await migrateWithin(tx, old.dialect, 16);
      await sql`insert into sms_gateways values ('sms_1', 'Kannel', 'kannel', 'http', 1, 1, '{"url":"http://a/"}', 'sealed', 5, null, null, 1, 2)`.execute(
        tx,
      );
      await sql`insert into sms_rules values (1, '{"allowed_prefixes":["49"]}', 7, 3)`.execute(tx);
      await sql`insert into sms_sends values ('smc_1', 9, 'key', null, '49', 1)`.execute(tx);
      await sql`insert into sms_codes values ('smc_2', 'onboarding', 'onp_1', null, 'sealed', 'hash', 1, 2, 3, 4, null)`.execute(
        tx,
      );
      await migrateWithin(tx, old.dialect, newestSchema);
    });
    const all = async (table: 'message_gateways' | 'message_rules' | 'message_sends' | 'message_codes') =>
      old.read.selectFrom(table).selectAll().execute();
    const channel = 'sms';
    expect(await all('message_gateways')).toMatchObject([
      { id: 'sms_1', channel, name_key: 'kannel', kind: 'http', password: 'sealed', updated_at: 2 },
    ]);
    expect(await all('message_rules')).toEqual([
      { channel, rules: '{"allowed_prefixes":["49"]}', counted: 7, updated_at: 3 },
    ]);
    expect(await all('message_sends')).toMatchObject([{ channel, address_key: 'key', area: '49', real: 1 }]);
    expect(await all('message_codes')).toMatchObject([
      { channel, owner_id: 'onp_1', address: 'sealed', attempts: 1, resends: 2, used_at: null },
    ]);
    await old.close();
    await remove();
  });
});
