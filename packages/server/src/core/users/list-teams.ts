// Lists the teams of an application by name, and shows one.
import type { Team } from '@countersign/contract/team-models.ts';
import type { Db, Read } from '#db/db.ts';
import { requireOwner } from '#db/owning-application.ts';
import { type Page, type PageRequest, readCursor, toPage } from '#db/page.ts';
import { Problem } from '#platform/problem.ts';
import { type TeamRow, toTeam } from './team.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found, invalid_request */
export async function listTeams(
  { db: { read } }: { readonly db: Db },
  visible: string | null,
  applicationId: string,
  query: PageRequest,
): Promise<Page<Team>> {
  if (visible !== null && visible !== applicationId) throw new Problem('not_found');
  await requireOwner(read, applicationId);
  const page = toPage(await selectTeams(read, applicationId, query), query, (row) => [row.name_key]);
  return { items: await showTeams(read, page.items), nextCursor: page.nextCursor };
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function getTeam(
  { db: { read } }: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<Team> {
  return showTeam(read, await requireTeam(read, visible, id));
}

/** The row. @throws Problem not_found */
export async function requireTeam(read: Read, visible: string | null, id: string): Promise<TeamRow> {
  const row = await read.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || (visible !== null && visible !== row.application_id)) throw new Problem('not_found');
  return row;
}

/** A row as the API shows it. */
export async function showTeam(read: Read, row: TeamRow): Promise<Team> {
  const [team] = await showTeams(read, [row]);
  if (!team) throw new Error('one row went in and none came out');
  return team;
}

/** One row more than the page holds. */
function selectTeams(read: Read, applicationId: string, page: PageRequest): Promise<TeamRow[]> {
  const [after] = readCursor(page, 1) ?? [];
  let rows = read
    .selectFrom('teams')
    .selectAll()
    .where('application_id', '=', applicationId)
    .orderBy('name_key')
    .limit(page.limit + 1);
  if (after !== undefined) rows = rows.where('name_key', '>', after);
  return rows.execute();
}

async function showTeams(read: Read, rows: readonly TeamRow[]): Promise<Team[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const counted = await read
    .selectFrom('team_members')
    .select((e) => ['team_id', e.fn.countAll<number>().as('members')])
    .where('team_id', 'in', ids)
    .groupBy('team_id')
    .execute();
  const members = new Map(counted.map((row) => [row.team_id, Number(row.members)]));
  const policies = await read
    .selectFrom('team_policies as p')
    .innerJoin('user_sources as s', 's.id', 'p.source_id')
    .select(['p.team_id', 'p.unread_at', 's.id', 's.name'])
    .where('p.team_id', 'in', ids)
    .orderBy('s.position')
    .execute();
  const sources = Map.groupBy(policies, ({ team_id: id }) => id);
  return rows.map((row) =>
    toTeam(row, {
      memberCount: members.get(row.id) ?? 0,
      requiredBy: (sources.get(row.id) ?? []).map(({ id, name, unread_at }) => ({ id, name, unread_at })),
    }),
  );
}
