// SQL of setup links, and of the API client that one is exchanged for.
import { nameKey } from '@countersign/contract/text.ts';
import type { Insertable } from 'kysely';
import type { Tx } from '#db/db.ts';
import type { ApiClientTable, SetupLinkTable } from '#db/tables.ts';

export async function expireSetupLinks(tx: Tx, now: number): Promise<void> {
  await tx
    .updateTable('setup_links')
    .set({ expires_at: now })
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
}

export async function insertSetupLink(tx: Tx, row: SetupLinkTable): Promise<void> {
  await tx.insertInto('setup_links').values(row).execute();
}

/** Uses a link up. @returns its id, or undefined when it was used, has expired or never existed. */
export async function takeSetupLink(tx: Tx, tokenHash: string, now: number): Promise<string | undefined> {
  const row = await tx
    .updateTable('setup_links')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

const maxNames = 1000;

/** Writes the client under the wanted name, or with the first free number after it. @returns the name. */
export async function insertApiClientUnderFreeName(
  tx: Tx,
  wanted: string,
  row: Omit<Insertable<ApiClientTable>, 'name' | 'name_key'>,
): Promise<string> {
  for (let number = 1; number <= maxNames; number += 1) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    const inserted = await tx
      .insertInto('api_clients')
      .values({ ...row, name, name_key: nameKey(name) })
      .onConflict((c) => c.column('name_key').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted) return name;
  }
  throw new Error(`${maxNames} API clients are called “${wanted}”`);
}
