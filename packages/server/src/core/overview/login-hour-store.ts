// SQL of counted hours.
import type { AuthRequestStatus } from '@countersign/contract/models.ts';
import { type SqlBool, sql } from 'kysely';
import type { Db, Read, Tx } from '#db/db.ts';
import type { LoginHourTable } from '#db/administration-tables.ts';
import { unindexed } from '#db/unindexed.ts';
import type { IdRange } from './login-hours.ts';

export async function countedHours(read: Read, first: number, last: number): Promise<ReadonlySet<number>> {
  const rows = await read
    .selectFrom('counted_hours')
    .select('hour')
    .where('hour', '>=', first)
    .where('hour', '<=', last)
    .execute();
  return new Set(rows.map(({ hour }) => hour));
}

const rowsAtOnce = 500;

/** Marks hours as counted. @returns those that nobody had counted before: only their counts may be written */
export async function markCounted(tx: Tx, hours: readonly number[]): Promise<ReadonlySet<number>> {
  const marked = await tx
    .insertInto('counted_hours')
    .values(hours.map((hour) => ({ hour })))
    .onConflict((c) => c.column('hour').doNothing())
    .returning('hour')
    .execute();
  return new Set(marked.map(({ hour }) => hour));
}

export async function insertCounts(tx: Tx, counts: readonly LoginHourTable[]): Promise<void> {
  for (let n = 0; n < counts.length; n += rowsAtOnce)
    await tx
      .insertInto('login_hours')
      .values(counts.slice(n, n + rowsAtOnce))
      .execute();
}

export async function forgetHours(tx: Tx, before: number): Promise<void> {
  await tx.deleteFrom('login_hours').where('hour', '<', before).execute();
  await tx.deleteFrom('counted_hours').where('hour', '<', before).execute();
}

export interface Seen {
  readonly id: string;
  readonly application_id: string;
  readonly status: AuthRequestStatus;
}

/** Newest first. Signing in to the console is no login. */
export function selectLogins(read: Read, { from, until }: IdRange, limit: number): Promise<Seen[]> {
  return read
    .selectFrom('auth_requests')
    .select(['id', 'application_id', 'status'])
    .where('id', '>=', from)
    .where('id', '<', until)
    .where('door', '<>', 'console')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** When the auth request that waits longest is over, epoch milliseconds. */
export async function firstPendingEnd(read: Read): Promise<number | undefined> {
  const row = await read
    .selectFrom('auth_requests')
    .select('expires_at')
    .where('status', '=', 'pending')
    .orderBy('expires_at')
    .limit(1)
    .executeTakeFirst();
  return row?.expires_at;
}

export interface Only {
  readonly visible: string | null;
  readonly applicationId: string | undefined;
}

export interface HourCount {
  readonly hour: number;
  readonly status: AuthRequestStatus;
  readonly logins: number;
}

export function sumCounted(read: Read, first: number, only: Only): Promise<HourCount[]> {
  let rows = read
    .selectFrom('login_hours')
    .select((e) => ['hour', 'status', e.cast<number>(e.fn.sum('logins'), 'integer').as('logins')])
    .where('hour', '>=', first)
    .groupBy(['hour', 'status']);
  if (only.visible !== null) rows = rows.where('application_id', '=', only.visible);
  if (only.applicationId !== undefined) rows = rows.where('application_id', '=', only.applicationId);
  return rows.execute();
}

export async function countNow(
  { read, dialect }: Db,
  range: IdRange,
  only: Only,
): Promise<Omit<HourCount, 'hour'>[]> {
  let rows = read
    .selectFrom('auth_requests')
    .select((e) => ['status', e.fn.countAll<number>().as('logins')])
    .where('id', '>=', range.from)
    .where('id', '<', range.until)
    .where('door', '<>', 'console')
    .groupBy('status');
  for (const id of [only.visible, only.applicationId])
    if (id !== null && id !== undefined)
      rows = rows.where(sql<SqlBool>`${unindexed(dialect, 'application_id')} = ${id}`);
  return rows.execute();
}
