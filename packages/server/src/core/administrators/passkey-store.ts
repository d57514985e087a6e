// SQL of passkeys.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Selectable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { PasskeyTable } from '#db/administration-tables.ts';
import { Problem } from '#platform/problem.ts';

export type PasskeyRow = Selectable<PasskeyTable>;

/** With its audit event. @param told what else that tells @throws Problem passkey_refused when somebody has this very passkey already. */
export async function writePasskey(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  row: PasskeyRow,
  told: { readonly link?: 'setup' | 'invitation' } = {},
): Promise<void> {
  const written = await tx
    .insertInto('passkeys')
    .values(row)
    .onConflict((c) => c.column('credential_id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!written) throw new Problem('passkey_refused');
  await recordAudit(tx, deps, {
    event: 'passkey.added',
    actor,
    subjectId: row.administrator_id,
    data: { passkey_id: row.id, name: row.name, synced: row.synced === 1, ...told },
  });
}

/** Oldest first. */
export const selectPasskeys = (read: Read, administratorId: string): Promise<PasskeyRow[]> =>
  read
    .selectFrom('passkeys')
    .selectAll()
    .where('administrator_id', '=', administratorId)
    .orderBy('id')
    .execute();

export const findPasskey = (read: Read, credentialId: string): Promise<PasskeyRow | undefined> =>
  read.selectFrom('passkeys').selectAll().where('credential_id', '=', credentialId).executeTakeFirst();

/**
 * Notes a use, unless the passkey was used with the same or a higher counter meanwhile: of two copies one is refused (WebAuthn 6.1.1).
 * @returns false then, and when it was removed.
 */
export async function countUse(
  tx: Tx,
  id: string,
  used: { readonly counter: number; readonly synced: boolean; readonly now: number },
): Promise<boolean> {
  let query = tx
    .updateTable('passkeys')
    .set({ counter: used.counter, synced: used.synced ? 1 : 0, last_used_at: used.now })
    .where('id', '=', id);
  query = used.counter === 0 ? query.where('counter', '=', 0) : query.where('counter', '<', used.counter);
  return (await query.returning('id').executeTakeFirst()) !== undefined;
}

export async function renamePasskey(tx: Tx, id: string, name: string): Promise<void> {
  await tx.updateTable('passkeys').set({ name }).where('id', '=', id).execute();
}

/** @returns the removed one's row. */
export const removePasskey = (tx: Tx, administratorId: string, id: string): Promise<PasskeyRow | undefined> =>
  tx
    .deleteFrom('passkeys')
    .where('id', '=', id)
    .where('administrator_id', '=', administratorId)
    .returningAll()
    .executeTakeFirst();

export async function removePasskeysOf(tx: Tx, administratorId: string): Promise<void> {
  await tx.deleteFrom('passkeys').where('administrator_id', '=', administratorId).execute();
}
