// A column in a condition that SQLite shall not look up in an index: it knows nothing of how many rows each index would leave, and takes
// one that leaves a million as gladly as one that leaves ten (sqlite.org/optoverview.html, section 2.2). PostgreSQL keeps statistics.
import { type RawBuilder, sql } from 'kysely';
import type { Db } from './db.ts';

export const unindexed = (dialect: Db['dialect'], column: string): RawBuilder<unknown> =>
  dialect === 'sqlite' ? sql`+${sql.ref(column)}` : sql`${sql.ref(column)}`;
