// SQL of setup and invitation links.
import type { RoleName } from '@countersign/contract/roles.ts';
import type { Read, Tx } from '#db/db.ts';
import type { SetupLinkTable } from '#db/administration-tables.ts';

/** Links that were not used stop working. @param administratorId whose invitations; null for links that make an owner */
export async function expireSetupLinks(tx: Tx, administratorId: string | null, now: number): Promise<void> {
  let links = tx
    .updateTable('setup_links')
    .set({ expires_at: now })
    .where('used_at', 'is', null)
    .where('expires_at', '>', now);
  links =
    administratorId === null
      ? links.where('administrator_id', 'is', null)
      : links.where('administrator_id', '=', administratorId);
  await links.execute();
}

export async function insertSetupLink(tx: Tx, row: SetupLinkTable): Promise<void> {
  await tx.insertInto('setup_links').values(row).execute();
}

export interface OpenSetupLink {
  readonly id: string;
  readonly administrator_id: string | null;
  readonly expires_at: number;
  /** Of the invited; null in a setup. */
  readonly username: string | null;
  readonly role: RoleName | null;
}

/** A link that can be used now. An invitation of somebody who is disabled cannot. */
export async function selectSetupLink(
  read: Read,
  tokenHash: string,
  now: number,
): Promise<OpenSetupLink | undefined> {
  const row = await read
    .selectFrom('setup_links as l')
    .leftJoin('administrators as a', 'a.id', 'l.administrator_id')
    .select(['l.id', 'l.administrator_id', 'l.expires_at', 'a.username', 'a.role', 'a.enabled'])
    .where('l.token_hash', '=', tokenHash)
    .where('l.used_at', 'is', null)
    .where('l.expires_at', '>', now)
    .executeTakeFirst();
  return row === undefined || row.enabled === 0 ? undefined : row;
}

/** Uses a link up. @returns false when it was used, has expired or never existed. */
export async function takeSetupLink(tx: Tx, id: string, now: number): Promise<boolean> {
  const row = await tx
    .updateTable('setup_links')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
