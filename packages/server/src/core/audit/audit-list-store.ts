// SQL of the audit trail as people look through it: by event, by who did it, by what was changed, by time.
import { auditEvents, type AuditEventName } from '@countersign/contract/audit-events.ts';
import type { AuditEvent } from '@countersign/contract/models.ts';
import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { Db, Read } from '#db/db.ts';
import type { AuditEventTable } from '#db/audit-tables.ts';
import { type Window, windowRows } from '#db/window.ts';
import { idAt, timeOfId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';

export interface AuditFilter {
  /** A name, or the begin of one up to the dot. */
  readonly event?: string | undefined;
  readonly actor_id?: string | undefined;
  readonly subject_id?: string | undefined;
  /** Epoch milliseconds; not before, and before. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

export type AuditRow = Selectable<AuditEventTable>;

/** What the filter comes to. */
export interface AuditSearch {
  /** Undefined for all. */
  readonly events: readonly AuditEventName[] | undefined;
  readonly filter: AuditFilter;
  readonly visible: string | null;
  /** When the login that is the subject was begun and ended, epoch milliseconds; undefined when it is none. */
  readonly login: { readonly from: number; readonly until: number } | undefined;
}

/** @throws Problem invalid_request when no event of the catalogue is meant */
export async function readSearch(
  read: Read,
  filter: AuditFilter,
  visible: string | null,
): Promise<AuditSearch> {
  const { event } = filter;
  const all = Object.keys(auditEvents) as AuditEventName[];
  const isMeant = (name: string) => (event?.endsWith('.') === true ? name.startsWith(event) : name === event);
  const events = event === undefined ? undefined : all.filter(isMeant);
  if (events?.length === 0)
    throw new Problem('invalid_request', undefined, [
      { field: 'event', message: 'is not in the catalogue of audit events' },
    ]);
  // PostgreSQL refuses NUL in any text.
  for (const field of ['actor_id', 'subject_id'] as const)
    if (filter[field]?.includes('\0') === true)
      throw new Problem('invalid_request', undefined, [{ field, message: 'is no id' }]);
  return { events, filter, visible, login: await lifeOfLogin(read, filter.subject_id) };
}

/** Everything about a login is told while it can be answered, and soon after it has ended. */
const loginMs = 900_000;

async function lifeOfLogin(read: Read, id: string | undefined): Promise<AuditSearch['login']> {
  const from = id?.startsWith('req_') === true ? timeOfId(id) : undefined;
  if (id === undefined || from === undefined) return undefined;
  const row = await read
    .selectFrom('auth_requests')
    .select('decided_at')
    .where('id', '=', id)
    .executeTakeFirst();
  return { from, until: (row?.decided_at ?? from) + loginMs };
}

/** One id orders all chains by time (UUIDv7), and each by its sequence within a millisecond (record-audit.ts). */
export const positionOf = ({ id }: AuditRow): readonly string[] => [id];

const loginPrefix = 'auth_request.';

/** Looks at some rows behind a cursor. @param order newest or oldest first */
export async function lookAtAudit(
  db: Db,
  search: AuditSearch,
  order: 'asc' | 'desc',
  after: readonly string[] | undefined,
  limit: number,
): Promise<Window<AuditRow>> {
  const [id] = after ?? [];
  const behind =
    id === undefined ? undefined : sql<SqlBool>`id ${sql.raw(order === 'asc' ? '>' : '<')} ${id}`;
  const inReach = present([behind, ...timesOf(search)]);
  return isAdministration(search)
    ? findByIndex(db, search, { order, inReach, limit })
    : lookAtEach(db, search, { order, inReach, limit });
}

interface Walk {
  readonly order: 'asc' | 'desc';
  readonly inReach: readonly RawBuilder<SqlBool>[];
  readonly limit: number;
}

/** One query for each way into the index, so that each comes in order. */
async function findByIndex(
  db: Db,
  search: AuditSearch,
  { order, inReach, limit }: Walk,
): Promise<Window<AuditRow>> {
  const found: AuditRow[] = [];
  for (const only of indexed(db, search)) {
    const conditions = [...inReach, only, ...restOf(search)];
    const query = db.read.selectFrom('audit_events').selectAll().where(and(conditions)).orderBy('id', order);
    found.push(...(await query.limit(limit).execute()));
  }
  const sign = order === 'asc' ? 1 : -1;
  const rows = found.toSorted((a, b) => (a.id < b.id ? -sign : sign)).slice(0, limit);
  const last = rows.at(-1);
  return { rows, end: rows.length === limit && last ? positionOf(last) : null };
}

/** Where no index helps, so many rows are looked at. */
async function lookAtEach(
  db: Db,
  search: AuditSearch,
  { order, inReach, limit }: Walk,
): Promise<Window<AuditRow>> {
  const rest = restOf(search);
  const looked = rest.length === 0 ? limit : windowRows;
  const inside = db.read.selectFrom('audit_events').where(and(inReach)).orderBy('id', order);
  const rows = await db.read
    .selectFrom(inside.selectAll().limit(looked).as('audit_events'))
    .selectAll()
    .where(and(rest))
    .orderBy('id', order)
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  if (rows.length === limit && last) return { rows, end: positionOf(last) };
  const end = await inside
    .select('id')
    .offset(looked - 1)
    .limit(1)
    .executeTakeFirst();
  return { rows, end: end ? [end.id] : null };
}

const present = (conditions: readonly (RawBuilder<SqlBool> | undefined)[]): readonly RawBuilder<SqlBool>[] =>
  conditions.filter((condition) => condition !== undefined);

const and = (conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.join([sql`1 = 1`, ...conditions], sql` and `)}`;

/** Ids of all that is administered; logins and what proxies report have others. */
const isAdministered = /^(?!req_)[a-z]{3}_/;

/** Whether no event that logins write can be meant: then the indexes of administration hold all there is. */
function isAdministration({ events, filter }: AuditSearch): boolean {
  if (filter.subject_id !== undefined && !isAdministered.test(filter.subject_id)) return false;
  if (events?.some((name) => name.startsWith(loginPrefix)) === true) return false;
  // Whatever is told of a login has the login for its subject.
  return filter.subject_id !== undefined || events !== undefined;
}

/** As the indexes say, one condition for each stretch of one. */
function indexed({ dialect }: Db, { events, filter }: AuditSearch): readonly RawBuilder<SqlBool>[] {
  const event = dialect === 'postgres' ? sql`event collate "C"` : sql`event`;
  const outside = sql<SqlBool>`(${event} < 'auth_request.' or ${event} >= 'auth_request/')`;
  const { subject_id, actor_id } = filter;
  if (subject_id !== undefined) return [and([outside, sql`subject_id = ${subject_id}`])];
  if (actor_id !== undefined) return [and([outside, sql`actor_id = ${actor_id}`])];
  return (events ?? []).map((name) => and([outside, sql`event = ${name}`]));
}

const slackMs = 1000;
/** Ids are made in the moment of their event or just before or after. */
function timesOf({
  filter: { from, until },
  login,
}: AuditSearch): readonly (RawBuilder<SqlBool> | undefined)[] {
  const bounds: readonly (readonly ['>=' | '<', number | undefined])[] = [
    ['>=', from === undefined ? undefined : from - slackMs],
    ['<', until === undefined ? undefined : until + slackMs],
    ['>=', login === undefined ? undefined : login.from - slackMs],
    ['<', login === undefined ? undefined : login.until],
  ];
  return bounds.map(([is, at]) =>
    at === undefined ? undefined : sql<SqlBool>`id ${sql.raw(is)} ${idAt('evt', at)}`,
  );
}

const restOf = ({ events, filter, visible }: AuditSearch): readonly RawBuilder<SqlBool>[] =>
  present([
    filter.from === undefined ? undefined : sql<SqlBool>`at >= ${filter.from}`,
    filter.until === undefined ? undefined : sql<SqlBool>`at < ${filter.until}`,
    visible === null ? undefined : sql<SqlBool>`application_id = ${visible}`,
    events === undefined ? undefined : sql<SqlBool>`event in (${sql.join([...events])})`,
    filter.actor_id === undefined ? undefined : sql<SqlBool>`actor_id = ${filter.actor_id}`,
    filter.subject_id === undefined ? undefined : sql<SqlBool>`subject_id = ${filter.subject_id}`,
  ]);

export const toAuditEvent = ({ data, ...row }: AuditRow): AuditEvent => ({
  ...row,
  data: JSON.parse(data) as Record<string, unknown>,
});
