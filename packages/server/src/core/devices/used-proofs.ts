// Remembers proofs until they are too old to be accepted anyway, so that none works twice, on whichever node.
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db, Tx } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';

/** @returns false when this proof was remembered before. */
export async function insertProof(
  tx: Tx,
  thumbprint: string,
  jti: string,
  expiresAt: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('proofs')
    .values({ key_thumbprint: thumbprint, jti, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** @param expiresAt epoch milliseconds. @returns false when the proof was used before. */
export const rememberProof = (
  { db }: { readonly db: Db },
  thumbprint: string,
  jti: string,
  expiresAt: number,
): Promise<boolean> => db.write((tx) => insertProof(tx, thumbprint, jti, expiresAt));

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
