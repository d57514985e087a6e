// Lists auth requests, newest first. Those of a user or an application are found by an index; anything else is looked for among the
// newest, so many a call: what every login writes shall not have more indexes.
import type { Activity, ActivityKind, AuthRequestStatus } from '@countersign/contract/models.ts';
import { isDisplayable, nameKey } from '@countersign/contract/text.ts';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, readCursor } from '#db/page.ts';
import { unindexed } from '#db/unindexed.ts';
import { lookThrough, type Window, windowPage, windowRows } from '#db/window.ts';
import type { Clock } from '#platform/clock.ts';
import { idAt } from '#platform/id.ts';
import { toActivity } from './auth-request-store.ts';
import { beginsWith } from '#db/begins-with.ts';
import type { AuthRequestRow } from './auth-request-store.ts';

export interface ActivityFilter extends PageRequest {
  readonly application_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly status?: AuthRequestStatus | undefined;
  readonly kind?: ActivityKind | undefined;
  /** Begin of the user name. */
  readonly username?: string | undefined;
  /** Epoch milliseconds; not before, and before. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

interface ListDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** @param visible the one application that may be seen, or null for all. @throws Problem invalid_request */
export async function listActivity(
  deps: ListDeps,
  visible: string | null,
  query: ActivityFilter,
): Promise<Page<Activity>> {
  const after = readCursor(query, 2);
  const filter = { ...query, username: nameOf(query) };
  const window = await lookEverywhere(deps, await scopesOf(deps.db, visible, filter), filter, after);
  const page = windowPage(window, query, positionOf);
  return { ...page, items: page.items.map(toActivity) };
}

const positionOf = ({ created_at, id }: AuthRequestRow): readonly string[] => [String(created_at), id];

/** No name begins with what cannot be shown, and PostgreSQL refuses NUL. */
function nameOf({ username }: ActivityFilter): string | undefined {
  const name = username?.normalize('NFC').trimStart();
  if (name === undefined || name === '') return undefined;
  return isDisplayable(name) ? name : '\uffff';
}

/** Where to look, and how it is found in order. */
interface Scope {
  readonly where: RawBuilder<SqlBool>;
  /** Ids alone sort by time too; an index that ends with the time of creation is walked by that. */
  readonly order: 'id' | 'created_at';
  /** Whether the user name is known to fit. */
  readonly named?: boolean;
}

/** A few users are looked up by name, many are found among the newest. */
const maxUsers = 50;

async function scopesOf(db: Db, visible: string | null, filter: ActivityFilter): Promise<readonly Scope[]> {
  const { application_id, user_id, username } = filter;
  const applications = [visible, application_id].filter((id) => id !== null && id !== undefined);
  const inApplications = and(applications.map((id) => sql<SqlBool>`application_id = ${id}`));
  const alsoIn = and(
    applications.map((id) => sql<SqlBool>`${unindexed(db.dialect, 'application_id')} = ${id}`),
  );
  if (user_id !== undefined)
    return [{ where: and([sql`user_id = ${user_id}`, alsoIn]), order: 'created_at' }];
  const users = username === undefined ? undefined : await usersNamed(db, applications, username);
  if (users)
    return [
      ...(users.length === 0
        ? []
        : [
            {
              where: and([sql`user_id in (${sql.join(users)})`, alsoIn]),
              order: 'created_at',
              named: true,
            } as const,
          ]),
      { where: and([sql`user_id is null`, alsoIn]), order: 'created_at' },
    ];
  return [{ where: inApplications, order: applications.length > 0 ? 'created_at' : 'id' }];
}

const and = (conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.join([sql`1 = 1`, ...conditions], sql` and `)}`;

/** Undefined when there are many. */
async function usersNamed(
  { read, dialect }: Db,
  applications: readonly string[],
  username: string,
): Promise<readonly string[] | undefined> {
  let rows = read
    .selectFrom('users')
    .select('id')
    .where(beginsWith(dialect, 'username_key', nameKey(username)))
    .limit(maxUsers + 1);
  for (const id of applications) rows = rows.where('application_id', '=', id);
  const found = await rows.execute();
  return found.length > maxUsers ? undefined : found.map(({ id }) => id);
}

/** What was found in several places, in one order, as far as all of them were looked through. */
async function lookEverywhere(
  { db, clock }: ListDeps,
  scopes: readonly Scope[],
  filter: ActivityFilter,
  after: readonly string[] | undefined,
): Promise<Window<AuthRequestRow>> {
  const wanted = filter.limit + 1;
  const windows: Window<AuthRequestRow>[] = [];
  for (const scope of scopes)
    windows.push(
      await lookThrough(clock, wanted, after, (from, limit) => look(db, scope, filter, from, limit)),
    );
  const rows = windows
    .flatMap((window) => window.rows)
    .toSorted((a, b) => compare(positionOf(b), positionOf(a)));
  const ends = windows.flatMap(({ end }) => (end === null ? [] : [end]));
  const end = ends.toSorted((a, b) => compare(b, a)).at(0) ?? null;
  const sure = end === null ? rows : rows.filter((row) => compare(positionOf(row), end) >= 0);
  return { rows: sure.slice(0, wanted), end };
}

function compare(
  [at = '', id = '']: readonly string[],
  [otherAt = '', other = '']: readonly string[],
): number {
  if (at !== otherAt) return Number(at) - Number(otherAt);
  return id < other ? -1 : Number(id > other);
}

async function look(
  db: Db,
  scope: Scope,
  filter: ActivityFilter,
  after: readonly string[] | undefined,
  limit: number,
): Promise<Window<AuthRequestRow>> {
  const rest = restOf(db, scope, filter);
  let inside = db.read
    .selectFrom('auth_requests')
    .where(scope.where)
    .where(reach(scope, filter, after));
  if (scope.order === 'created_at') inside = inside.orderBy('created_at', 'desc');
  inside = inside.orderBy('id', 'desc');
  if (rest.length === 0) {
    const rows = await inside.selectAll().limit(limit).execute();
    const last = rows.at(-1);
    return { rows, end: rows.length === limit && last ? positionOf(last) : null };
  }
  const rows = await db.read
    .selectFrom(inside.selectAll().limit(windowRows).as('auth_requests'))
    .selectAll()
    .where(and(rest))
    .orderBy(scope.order, 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  if (rows.length === limit && last) return { rows, end: positionOf(last) };
  const end = await inside
    .select(['created_at', 'id'])
    .offset(windowRows - 1)
    .limit(1)
    .executeTakeFirst();
  return { rows, end: end ? [String(end.created_at), end.id] : null };
}

/** What the walked index answers. An id is made in the moment of its row or just after. */
function reach(
  { order }: Scope,
  { from, until }: ActivityFilter,
  after: readonly string[] | undefined,
): RawBuilder<SqlBool> {
  const [at, id] = after ?? [];
  const time = Number.isSafeInteger(Number(at)) ? Number(at) : 0;
  const conditions =
    order === 'id'
      ? [
          from === undefined ? undefined : sql<SqlBool>`id >= ${idAt('req', from)}`,
          until === undefined ? undefined : sql<SqlBool>`id < ${idAt('req', until + slackMs)}`,
          id === undefined ? undefined : sql<SqlBool>`id < ${id}`,
        ]
      : [
          from === undefined ? undefined : sql<SqlBool>`created_at >= ${from}`,
          until === undefined ? undefined : sql<SqlBool>`created_at < ${until}`,
          id === undefined ? undefined : sql<SqlBool>`(created_at, id) < (${time}, ${id})`,
        ];
  return and(conditions.filter((condition) => condition !== undefined));
}

const slackMs = 1000;

/** What must be looked at row by row. */
function restOf(
  { dialect }: Db,
  { order, named }: Scope,
  { status, kind, username, from, until }: ActivityFilter,
): readonly RawBuilder<SqlBool>[] {
  const byRow = order === 'id';
  return [
    status === undefined ? undefined : sql<SqlBool>`status = ${status}`,
    kind === undefined
      ? undefined
      : sql<SqlBool>`door ${sql.raw(kind === 'console_sign_in' ? '=' : '<>')} 'console'`,
    username === undefined || named ? undefined : beginsWith(dialect, 'username', username),
    byRow && from !== undefined ? sql<SqlBool>`created_at >= ${from}` : undefined,
    byRow && until !== undefined ? sql<SqlBool>`created_at < ${until}` : undefined,
  ].filter((condition) => condition !== undefined);
}
