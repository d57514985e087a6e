// What time the database server believes it is; the embedded database has no clock of its own.
import { sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Db } from './db.ts';

/** Epoch milliseconds; undefined for SQLite. */
export async function databaseTime({ dialect, read }: Db): Promise<number | undefined> {
  if (dialect === 'sqlite') return undefined;
  const { rows } = await sql<{
    now: number;
  }>`select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now`.execute(read);
  return rows[0]?.now;
}

/** A time that all nodes of a database agree on: the database's own, where it has one. Epoch milliseconds. @throws Unavailable */
export const commonTime = async (db: Db, clock: Clock): Promise<number> =>
  (await databaseTime(db)) ?? clock.now();
