// Remembers proofs until they are too old to be accepted anyway, so that none works twice, on whichever node.
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Journal } from '#core/audit/journal.ts';
import type { Db, Tx } from '#db/db.ts';
import { type Change, insertInto } from '#db/row-statement.ts';
import type { Clock } from '#platform/clock.ts';

const insertProof = insertInto('proofs', ['key_thumbprint', 'jti']);

/** @param expiresAt epoch milliseconds. @param besides is written with it. @returns false when the proof was used before. */
export const rememberProof = (
  { journal }: { readonly journal: Journal },
  { thumbprint, jti, expiresAt }: { thumbprint: string; jti: string; expiresAt: number },
  besides: Change = [],
): Promise<boolean> =>
  journal.write([insertProof({ key_thumbprint: thumbprint, jti, expires_at: expiresAt }), ...besides]);

/** How many rows one transaction removes: bounds how long it holds the database. */
const batchRows = 500;

/** Forgets every proof that has expired by now, `rows` a transaction; logins come in between. @returns how many were forgotten. */
export async function pruneProofs(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { rows = batchRows } = {},
): Promise<number> {
  // Taken once, so that there is an end to it.
  const now = clock.now();
  for (let forgotten = 0; ; await setImmediate()) {
    const deleted = await db.write((tx) => deleteExpired(tx, now, rows));
    forgotten += deleted;
    if (deleted < rows) return forgotten;
  }
}

async function deleteExpired(tx: Tx, now: number, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from proofs where (key_thumbprint, jti) in (
      select key_thumbprint, jti from proofs where expires_at < ${now} order by expires_at limit ${limit}
    )`.execute(tx);
  return Number(numAffectedRows);
}
