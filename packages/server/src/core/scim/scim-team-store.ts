// SQL of teams and who is in them.
import type { Updateable } from 'kysely';
import type { TeamRow } from '#core/users/team.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import type { TeamTable } from '#db/user-tables.ts';
import type { Member, ScimTeam } from './scim-team.ts';

export async function insertTeam(tx: Tx, row: TeamRow): Promise<void> {
  await tx.insertInto('teams').values(row).execute();
}

export function selectTeam(read: Read, applicationId: string, id: string): Promise<TeamRow | undefined> {
  return read
    .selectFrom('teams')
    .selectAll()
    .where('id', '=', id)
    .where('application_id', '=', applicationId)
    .executeTakeFirst();
}

/** Nobody else changes the team until the transaction ends. SQLite has one writer at a time. */
export function lockTeam(
  tx: Tx,
  dialect: Db['dialect'],
  applicationId: string,
  id: string,
): Promise<TeamRow | undefined> {
  const rows = tx
    .selectFrom('teams')
    .selectAll()
    .where('id', '=', id)
    .where('application_id', '=', applicationId);
  return (dialect === 'postgres' ? rows.forUpdate() : rows).executeTakeFirst();
}

export async function updateTeam(tx: Tx, id: string, set: Updateable<TeamTable>): Promise<void> {
  await tx.updateTable('teams').set(set).where('id', '=', id).execute();
}

export async function removeTeam(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('team_members').where('team_id', '=', id).execute();
  await tx.deleteFrom('teams').where('id', '=', id).execute();
}

/** Members of the teams, by user name. */
export async function selectMembers(
  read: Read,
  teamIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Member[]>> {
  if (teamIds.length === 0) return new Map();
  const rows = await read
    .selectFrom('team_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['m.team_id', 'u.id', 'u.username'])
    .where('m.team_id', 'in', teamIds)
    .orderBy('u.username_key')
    .execute();
  const members = Map.groupBy(rows, ({ team_id }) => team_id);
  return new Map(
    [...members].map(([team, users]) => [team, users.map(({ id, username }) => ({ id, username }))]),
  );
}

/** Rows as SCIM sees them, in the same order. @param withMembers many lists do not want them, and they may be thousands */
export async function withMembers(
  read: Read,
  rows: readonly TeamRow[],
  isWanted = true,
): Promise<readonly ScimTeam[]> {
  const members = isWanted
    ? await selectMembers(
        read,
        rows.map(({ id }) => id),
      )
    : new Map<string, readonly Member[]>();
  return rows.map(({ id, application_id, name, external_id, created_at, updated_at }) => ({
    id,
    application_id,
    name,
    external_id,
    members: members.get(id) ?? [],
    created_at,
    updated_at,
  }));
}

/** Parameters of one statement are bounded in both databases. */
const atOnce = 500;

function chunks<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / atOnce) }, (_, index) =>
    all.slice(index * atOnce, (index + 1) * atOnce),
  );
}

/** Of the ids, those of users of the application. */
export async function selectKnownUsers(
  read: Read,
  applicationId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const some of chunks(ids)) {
    const rows = await read
      .selectFrom('users')
      .select('id')
      .where('application_id', '=', applicationId)
      .where('id', 'in', some)
      .execute();
    for (const { id } of rows) known.add(id);
  }
  return known;
}

export async function addMembers(tx: Tx, teamId: string, userIds: readonly string[]): Promise<void> {
  for (const some of chunks(userIds))
    await tx
      .insertInto('team_members')
      .values(some.map((user_id) => ({ team_id: teamId, user_id })))
      .onConflict((c) => c.doNothing())
      .execute();
}

export async function removeMembers(tx: Tx, teamId: string, userIds: readonly string[]): Promise<void> {
  for (const some of chunks(userIds))
    await tx.deleteFrom('team_members').where('team_id', '=', teamId).where('user_id', 'in', some).execute();
}

/** A user's teams are part of the user, whose version changes with them. */
export async function touchUsers(tx: Tx, userIds: readonly string[], now: number): Promise<void> {
  for (const some of chunks(userIds))
    await tx.updateTable('users').set({ updated_at: now }).where('id', 'in', some).execute();
}

export interface TeamName {
  readonly id: string;
  readonly name: string;
}

/** Teams of each user, by name. */
export async function selectTeamsOf(
  read: Read,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly TeamName[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await read
    .selectFrom('team_members as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select(['m.user_id', 't.id', 't.name'])
    .where('m.user_id', 'in', userIds)
    .orderBy('t.name_key')
    .execute();
  const teams = Map.groupBy(rows, ({ user_id }) => user_id);
  return new Map([...teams].map(([user, all]) => [user, all.map(({ id, name }) => ({ id, name }))]));
}
