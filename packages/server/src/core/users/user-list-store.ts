// SQL of the list of users: filtered, sorted and cut into pages, and counted.
import type { User } from '@countersign/contract/models.ts';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db, Read } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import { foldForSearch } from '#db/search-key.ts';
import { unindexed } from '#db/unindexed.ts';
import type { UserRow } from './user.ts';

export type UserSort = keyof User & ('username' | 'full_name' | 'last_authenticated_at' | 'created_at');

export interface UserFilter {
  readonly application_id?: string | undefined;
  /** Whose members. */
  readonly team_id?: string | undefined;
  /** Part of user name, full name or e-mail. */
  readonly search?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** Whether the user has a device that is not revoked. */
  readonly onboarded?: boolean | undefined;
  /** Whether requests are held after “it was not me”. */
  readonly held?: boolean | undefined;
}

export interface UserQuery extends UserFilter, PageRequest {
  /** Users without a value come last in either order. Default: by user name. */
  readonly sort?: UserSort | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

export interface ListedUser extends UserRow {
  /** What the row is sorted by, as text; null where it has no value. */
  readonly sort_value: string | null;
}

/** How a list is walked. */
interface Sort {
  readonly name: UserSort;
  readonly value: RawBuilder<unknown>;
  /** Null where every user has a value. */
  readonly present: RawBuilder<SqlBool> | null;
  /** Back from the text of a cursor. */
  readonly read: (text: string) => string | number;
}

const asText = (text: string) => text;
/** Of a cursor, which anybody may have written: PostgreSQL refuses to compare with what is no whole number. */
function asTime(text: string): number {
  const time = Number(text);
  return Number.isSafeInteger(time) ? time : 0;
}

// Each has an index (migration overview) but the last login: every login would have to keep it up to date.
const sorts: Readonly<Record<UserSort, Sort>> = {
  username: { name: 'username', value: sql`username_key`, present: null, read: asText },
  full_name: { name: 'full_name', value: sql`lower(full_name)`, present: sql`full_name <> ''`, read: asText },
  last_authenticated_at: {
    name: 'last_authenticated_at',
    value: sql`last_authenticated_at`,
    present: sql`last_authenticated_at is not null`,
    read: asTime,
  },
  created_at: { name: 'created_at', value: sql`created_at`, present: null, read: asTime },
};

const sortOf = ({ sort = 'username' }: UserQuery): Sort => sorts[sort];

/** Names the order, so that a cursor of another one is not taken for one of this. */
const orderName = ({ sort = 'username', order = 'asc' }: UserQuery): string => `${sort} ${order}`;

/** For the cursor that `selectUsers` goes on from. */
export const cursorOf = (query: UserQuery, { sort_value, id }: ListedUser): readonly string[] => [
  sort_value === null ? `${orderName(query)} none` : orderName(query),
  sort_value ?? '',
  id,
];

interface After {
  /** Undefined among those without a value. */
  readonly value: string | number | undefined;
  readonly id: string;
}

function readAfter(query: UserQuery): After | undefined {
  const cursor = readCursor(query, 3, ([name]) =>
    [orderName(query), `${orderName(query)} none`].includes(name ?? ''),
  );
  if (!cursor) return undefined;
  const [name, text = '', id = ''] = cursor;
  const value = sortOf(query).read(text);
  return { value: name === orderName(query) ? value : undefined, id };
}

/** One row more than the page holds: first those with a value, then those without. @throws Problem invalid_request */
export async function selectUsers(
  db: Db,
  visible: string | null,
  query: UserQuery,
): Promise<readonly ListedUser[]> {
  const after = readAfter(query);
  const way = await wayTo(db, query);
  const wanted = query.limit + 1;
  const inLast = after !== undefined && after.value === undefined;
  const valued = inLast ? [] : await selectValued(db, visible, query, way, after);
  const { present } = sortOf(query);
  if (valued.length === wanted || present === null) return valued;
  let last = filtered(db, visible, query, way)
    .selectAll()
    .select(sql.lit(null).as('sort_value'))
    .where(sql<SqlBool>`not (${present})`)
    .orderBy('id', query.order ?? 'asc')
    .limit(wanted - valued.length);
  if (inLast) last = last.where('id', isAfter(query), after.id);
  return [...valued, ...(await last.execute())];
}

function selectValued(
  db: Db,
  visible: string | null,
  query: UserQuery,
  way: Way,
  after: After | undefined,
): Promise<ListedUser[]> {
  const { value, present } = sortOf(query);
  const direction = query.order ?? 'asc';
  const sign = sql.raw(way.readsAll && db.dialect === 'sqlite' ? '+' : '');
  let rows = filtered(db, visible, query, { ...way, readsAll: way.readsAll || isSearched(query) })
    .selectAll()
    .select(sql<string>`cast(${value} as text)`.as('sort_value'))
    .orderBy(sql`${sign}${value}`, direction)
    .orderBy('id', direction)
    .limit(query.limit + 1);
  if (present) rows = rows.where(sql<SqlBool>`${sign}(${present})`);
  if (after)
    rows = rows.where(
      sql<SqlBool>`(${sign}${value}, id) ${sql.raw(isAfter(query))} (${after.value}, ${after.id})`,
    );
  return rows.execute();
}

const isAfter = ({ order }: UserQuery): '<' | '>' => (order === 'desc' ? '<' : '>');

/** How the database is led to the users of a list. */
interface Way {
  /** Every user is read, or every member of a team; else one index is followed in its order. */
  readonly readsAll: boolean;
  /** The users are looked up from the team; else each is asked whether it is a member. */
  readonly fromTeam: boolean;
}

/** Reading more than so many one by one takes longer than walking past who is no member. */
const mostFromTeam = 5000;

async function wayTo(db: Db, query: UserQuery): Promise<Way> {
  const fromTeam = await hasFewMembers(db, query);
  return { readsAll: fromTeam || readsAll(query), fromTeam };
}

async function hasFewMembers({ read }: Db, { team_id: team }: UserFilter): Promise<boolean> {
  if (team === undefined) return false;
  const beyond = await membersOf(read, team).offset(mostFromTeam).limit(1).executeTakeFirst();
  return beyond === undefined;
}

const membersOf = (read: Read, team: string) =>
  read.selectFrom('team_members').select('user_id').where('team_id', '=', team);

/**
 * SQLite knows nothing of how many rows a condition leaves, and follows an index to rows all over the file where reading the table from
 * end to end takes a fifth of the time. The index by name holds all that a search looks at: a search in its order stays in it.
 */
const readsAll = (query: UserQuery): boolean => {
  const { name } = sortOf(query);
  return name === 'last_authenticated_at' || isRare(query) || (name !== 'username' && isSearched(query));
};

const isRare = ({ enabled, held }: UserFilter): boolean => enabled !== undefined || held !== undefined;

const isSearched = ({ search }: UserFilter): boolean => keyOf(search) !== '';

export async function countUsers(db: Db, visible: string | null, filter: UserFilter): Promise<number> {
  const isNarrowed = isRare(filter) || isSearched(filter) || filter.onboarded !== undefined;
  if (filter.team_id !== undefined && !isNarrowed) return countMembers(db, visible, filter, filter.team_id);
  const fromTeam = await hasFewMembers(db, filter);
  const { total } = await filtered(db, visible, filter, { readsAll: isNarrowed, fromTeam })
    .select((e) => e.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

/** All of them, without a look at any user: they are of the team's application. */
async function countMembers(
  { read }: Db,
  visible: string | null,
  { application_id }: UserFilter,
  team: string,
): Promise<number> {
  let members = read
    .selectFrom('team_members')
    .innerJoin('teams', 'teams.id', 'team_members.team_id')
    .where('teams.id', '=', team);
  for (const id of [visible, application_id])
    if (id !== null && id !== undefined) members = members.where('teams.application_id', '=', id);
  const { total } = await members
    .select((e) => e.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

const keyOf = (search: string | undefined): string => foldForSearch(search ?? '');

function filtered({ dialect, read }: Db, visible: string | null, filter: UserFilter, way: Way) {
  let rows = read.selectFrom('users');
  const application = way.readsAll ? unindexed(dialect, 'application_id') : sql.ref('application_id');
  for (const id of [visible, filter.application_id])
    if (id !== null && id !== undefined) rows = rows.where(sql<SqlBool>`${application} = ${id}`);
  const { team_id: team } = filter;
  if (team !== undefined && way.fromTeam) rows = rows.where('id', 'in', membersOf(read, team));
  if (team !== undefined && !way.fromTeam)
    rows = rows.where((e) => e.exists(membersOf(read, team).where('user_id', '=', e.ref('users.id'))));
  if (filter.enabled !== undefined) rows = rows.where('enabled', '=', filter.enabled ? 1 : 0);
  if (filter.held !== undefined) rows = rows.where('held_by_request_id', filter.held ? 'is not' : 'is', null);
  if (filter.onboarded !== undefined)
    rows = rows.where(
      sql<SqlBool>`${sql.raw(filter.onboarded ? '' : 'not')} exists (select 1 from devices where devices.user_id = users.id and devices.revoked_at is null)`,
    );
  const key = keyOf(filter.search);
  return key === '' ? rows : rows.where(sql<SqlBool>`search_key like ${likePattern(key)} escape '\\'`);
}

/** Finds the text as it stands: both sides are folded already. */
const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
