// Lists users as SCIM asks for them: by filter, sorted, and by index (RFC 7644 3.4.2).
import type { User } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { withSurroundings } from '#core/users/user-store.ts';
import type { Db } from '#db/db.ts';
import { type Attributes, toCondition } from './filter-sql.ts';
import type { Listed, ScimListQuery } from './scim-list.ts';

const asIs = (text: string): string => text;
const lower = (text: string): string => text.toLowerCase();
const text = (column: string, fold: (text: string) => string = asIs) =>
  ({ kind: 'text', column: sql<string>`${sql.ref(column)}`, fold }) as const;
const folded = (column: string) =>
  ({ kind: 'text', column: sql<string>`lower(${sql.ref(column)})`, fold: lower }) as const;
const constant = (value: string | boolean, column: string) =>
  ({ kind: 'constant', value, column: sql<string>`${sql.ref(column)}` }) as const;

const isIn = (id: string | null): RawBuilder<SqlBool> =>
  id === null
    ? sql<SqlBool>`exists (select 1 from team_members m where m.user_id = users.id)`
    : sql<SqlBool>`exists (select 1 from team_members m where m.user_id = users.id and m.team_id = ${id})`;

const attributes: Attributes = {
  id: text('users.id'),
  externalid: text('users.external_guid'),
  username: text('users.username_key', nameKey),
  displayname: folded('users.full_name'),
  'name.formatted': folded('users.full_name'),
  emails: folded('users.email'),
  'emails.value': folded('users.email'),
  'emails.type': constant('work', 'users.email'),
  'emails.primary': constant(true, 'users.email'),
  phonenumbers: text('users.phone'),
  'phonenumbers.value': text('users.phone'),
  'phonenumbers.type': constant('mobile', 'users.phone'),
  'phonenumbers.primary': constant(true, 'users.phone'),
  active: { kind: 'flag', column: sql<number>`users.enabled` },
  groups: { kind: 'reference', exists: isIn },
  'groups.value': { kind: 'reference', exists: isIn },
  'meta.created': { kind: 'time', column: sql<number>`users.created_at` },
  'meta.lastmodified': { kind: 'time', column: sql<number>`users.updated_at` },
};

/** What a list may be sorted by. */
const sorts: Readonly<Record<string, RawBuilder<unknown>>> = {
  id: sql`users.id`,
  username: sql`users.username_key`,
  displayname: sql`lower(users.full_name)`,
  'meta.created': sql`users.created_at`,
  'meta.lastmodified': sql`users.updated_at`,
};

/** @throws Problem invalid_request (field `filter`) */
export async function listScimUsers(
  deps: { readonly db: Db },
  applicationId: string,
  query: ScimListQuery,
): Promise<Listed<User>> {
  const { dialect, read } = deps.db;
  let rows = read.selectFrom('users').where('application_id', '=', applicationId);
  if (query.filter) rows = rows.where(toCondition(dialect, attributes, query.filter));
  const { total } = await rows.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  if (query.count === 0 || query.offset >= total) return { items: [], total };
  const sort = sorts[query.sortBy ?? 'id'] ?? sql`users.id`;
  const found = await rows
    .selectAll()
    .orderBy(sort, query.descending ? 'desc' : 'asc')
    .orderBy('id')
    .limit(query.count)
    .offset(query.offset)
    .execute();
  return { items: await withSurroundings(read, found), total };
}
