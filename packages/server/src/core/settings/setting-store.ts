// SQL of settings that are kept.
import type { SettingName } from '@countersign/contract/settings.ts';
import type { Read, Tx } from '#db/db.ts';
import type { SettingRow } from './setting.ts';

/** Every row: there are never more than there are settings. */
export const selectSettings = (read: Read): Promise<SettingRow[]> =>
  read.selectFrom('settings').selectAll().orderBy('name').execute();

export const findSetting = (read: Read, name: SettingName): Promise<SettingRow | undefined> =>
  read.selectFrom('settings').selectAll().where('name', '=', name).executeTakeFirst();

export async function keepSetting(tx: Tx, row: SettingRow): Promise<void> {
  const { name: _, ...set } = row;
  await tx
    .insertInto('settings')
    .values(row)
    .onConflict((c) => c.column('name').doUpdateSet(set))
    .execute();
}

/** @returns what was kept; undefined when nothing was. */
export const removeSetting = (tx: Tx, name: SettingName): Promise<SettingRow | undefined> =>
  tx.deleteFrom('settings').where('name', '=', name).returningAll().executeTakeFirst();
