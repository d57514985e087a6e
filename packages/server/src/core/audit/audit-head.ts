// The end of an audit chain, under a MAC of its own: without one, whoever can write to the database could cut off the last events
// and name an earlier one the last.
import type { Tx } from '#db/db.ts';
import { equalInConstantTime } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';

export interface ChainEnd {
  readonly chain: string;
  readonly sequence: number;
  readonly hash: string;
}

export interface StoredEnd extends ChainEnd {
  readonly mac: string;
}

/** What proves that the server wrote an end. Over a JSON array, so that no two ends have the same text. */
const macEnd = (vault: Vault, { chain, sequence, hash }: ChainEnd): string =>
  vault.mac('audit-head', JSON.stringify([chain, sequence, hash])).toString('base64url');

/** False when somebody without the key changed it. */
export const isWrittenByServer = (vault: Vault, end: StoredEnd): boolean =>
  equalInConstantTime(end.mac, macEnd(vault, end));

/** Locks the end of the chain until the transaction ends; begins the chain when there is none. */
export async function takeHead(tx: Tx, vault: Vault, chain: string): Promise<StoredEnd> {
  const empty = { chain, sequence: 0, hash: '' };
  await tx
    .insertInto('audit_heads')
    .values({ ...empty, mac: macEnd(vault, empty) })
    .onConflict((c) => c.column('chain').doNothing())
    .execute();
  // An update locks on both databases; `select … for update` does not exist in SQLite.
  return tx
    .updateTable('audit_heads')
    .set((e) => ({ sequence: e.ref('sequence') }))
    .where('chain', '=', chain)
    .returning(['chain', 'sequence', 'hash', 'mac'])
    .executeTakeFirstOrThrow();
}

/**
 * The MAC of the end that follows another. An end that somebody changed stays wrong for good, whatever follows: the server must not
 * put its own MAC on what it did not write. Logins go on meanwhile; refusing them would hand the attacker a switch.
 */
export const macAfter = (vault: Vault, before: StoredEnd, after: ChainEnd): string =>
  isWrittenByServer(vault, before) ? macEnd(vault, after) : 'the end before this one was changed';

/** Moves the locked end from `before` to `after`. */
export async function writeHead(tx: Tx, vault: Vault, before: StoredEnd, after: ChainEnd): Promise<void> {
  await tx
    .updateTable('audit_heads')
    .set({ sequence: after.sequence, hash: after.hash, mac: macAfter(vault, before, after) })
    .where('chain', '=', after.chain)
    .execute();
}
