// Lists teams as SCIM asks for them, and shows one.
import { nameKey } from '@countersign/contract/text.ts';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type Attributes, toCondition } from './filter-sql.ts';
import type { Listed, ScimListQuery } from './scim-list.ts';
import { selectTeam, withMembers } from './scim-team-store.ts';
import type { ScimTeam } from './scim-team.ts';

const asIs = (text: string): string => text;

const has = (id: string | null): RawBuilder<SqlBool> =>
  id === null
    ? sql<SqlBool>`exists (select 1 from team_members m where m.team_id = teams.id)`
    : sql<SqlBool>`exists (select 1 from team_members m where m.team_id = teams.id and m.user_id = ${id})`;

const attributes: Attributes = {
  id: { kind: 'text', column: sql<string>`teams.id`, fold: asIs },
  externalid: { kind: 'text', column: sql<string>`teams.external_id`, fold: asIs },
  displayname: { kind: 'text', column: sql<string>`teams.name_key`, fold: nameKey },
  members: { kind: 'reference', exists: has },
  'members.value': { kind: 'reference', exists: has },
  'meta.created': { kind: 'time', column: sql<number>`teams.created_at` },
  'meta.lastmodified': { kind: 'time', column: sql<number>`teams.updated_at` },
};

const sorts: Readonly<Record<string, RawBuilder<unknown>>> = {
  id: sql`teams.id`,
  displayname: sql`teams.name_key`,
  'meta.created': sql`teams.created_at`,
  'meta.lastmodified': sql`teams.updated_at`,
};

/** @param withoutMembers they are left out (and not read). @throws Problem invalid_request (field `filter`) */
export async function listScimTeams(
  deps: { readonly db: Db },
  applicationId: string,
  query: ScimListQuery & { readonly withoutMembers: boolean },
): Promise<Listed<ScimTeam>> {
  const { dialect, read } = deps.db;
  let rows = read.selectFrom('teams').where('application_id', '=', applicationId);
  if (query.filter) rows = rows.where(toCondition(dialect, attributes, query.filter));
  const { total } = await rows.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  if (query.count === 0 || query.offset >= total) return { items: [], total };
  const found = await rows
    .selectAll()
    .orderBy(sorts[query.sortBy ?? 'id'] ?? sql`teams.id`, query.descending ? 'desc' : 'asc')
    .orderBy('id')
    .limit(query.count)
    .offset(query.offset)
    .execute();
  return { items: await withMembers(read, found, !query.withoutMembers), total };
}

/** @throws Problem not_found */
export async function getScimTeam(
  deps: { readonly db: Db },
  applicationId: string,
  id: string,
): Promise<ScimTeam> {
  const row = await selectTeam(deps.db.read, applicationId, id);
  const [team] = row ? await withMembers(deps.db.read, [row]) : [];
  if (!team) throw new Problem('not_found');
  return team;
}
