// Makes, changes and deletes teams for SCIM. Who is in a team changes in the same transaction as the team's name.
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { TeamRow } from '#core/users/team.ts';
import { requiresSecondFactor } from '#core/users/team-policies.ts';
import { newTeam } from '#core/users/team-store.ts';
import type { Db, Tx } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { Problem } from '#platform/problem.ts';
import {
  addMembers,
  insertTeam,
  lockTeam,
  removeMembers,
  removeTeam,
  selectKnownUsers,
  touchUsers,
  updateTeam,
  withMembers,
} from './scim-team-store.ts';
import { maxMembers, type ScimTeam, type ScimTeamChanges } from './scim-team.ts';

type TeamDeps = AuditDeps & { readonly db: Db };

/** Ids in an audit event; how many there were stands beside them. */
const namedInAudit = 100;

/** @throws Problem name_taken, invalid_request (a member that is no user of the application, or too many) */
export function createScimTeam(
  deps: TeamDeps,
  actor: Actor,
  applicationId: string,
  { name, external_id = '', members = [] }: ScimTeamChanges & { readonly name: string },
): Promise<ScimTeam> {
  return deps.db
    .write(async (tx) => {
      const row: TeamRow = { ...newTeam(deps, applicationId, name), external_id, kept: 1 };
      const adopted = await adopt(tx, row);
      const team = adopted ?? row;
      if (!adopted) await insertTeam(tx, row);
      const joined = await setMembers(tx, deps, await show(tx, team), members);
      await recordAudit(tx, deps, {
        event: 'team.created',
        actor,
        applicationId,
        subjectId: team.id,
        data: { name, ...joined },
      });
      return show(tx, team);
    })
    .catch(asNameTaken('name'));
}

/** A team of that name which nobody pushes yet, made by putting users into it, is the one that is meant. */
async function adopt(tx: Tx, row: TeamRow): Promise<TeamRow | undefined> {
  const { kept, external_id, name, updated_at } = row;
  return tx
    .updateTable('teams')
    .set({ kept, external_id, name, updated_at })
    .where('application_id', '=', row.application_id)
    .where('name_key', '=', row.name_key)
    .where('kept', '=', 0)
    .returningAll()
    .executeTakeFirst();
}

/**
 * @param decide what to change, from the team as it is by then; it may throw.
 * @throws Problem not_found, name_taken, invalid_request
 */
export function changeScimTeam(
  deps: TeamDeps,
  actor: Actor,
  applicationId: string,
  id: string,
  decide: (before: ScimTeam) => ScimTeamChanges,
): Promise<ScimTeam> {
  return deps.db
    .write(async (tx) => {
      const row = await requireLocked(tx, deps, applicationId, id);
      const before = await show(tx, row);
      const changes = decide(before);
      const name = changes.name ?? row.name;
      const external_id = changes.external_id ?? row.external_id;
      const changed = [
        ...(name === row.name ? [] : ['name']),
        ...(external_id === row.external_id ? [] : ['external_id']),
      ];
      const moved = await setMembers(
        tx,
        deps,
        before,
        changes.members ?? before.members.map((each) => each.id),
      );
      if (changed.length === 0 && moved.joined + moved.left === 0) return before;
      const after = { ...row, name, external_id, name_key: nameKey(name), kept: 1 as const };
      const updated_at = Math.max(deps.clock.now(), row.updated_at + 1);
      await updateTeam(tx, id, { ...after, updated_at });
      await recordAudit(tx, deps, {
        event: 'team.changed',
        actor,
        applicationId,
        subjectId: id,
        data: { name, changed, ...moved },
      });
      return show(tx, { ...after, updated_at });
    })
    .catch(asNameTaken('name'));
}

/**
 * With a team that requires the second factor that would go, and its members would be let in by the password alone.
 * @param refuse throws when the team as it is by then must not be deleted. @throws Problem not_found, in_use
 */
export async function deleteScimTeam(
  deps: TeamDeps,
  actor: Actor,
  applicationId: string,
  id: string,
  refuse: (before: ScimTeam) => void,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const row = await requireLocked(tx, deps, applicationId, id);
    const team = await show(tx, row);
    refuse(team);
    if (await requiresSecondFactor(tx, id))
      throw new Problem(
        'in_use',
        'its members are asked for a second factor; that is switched off in Countersign first',
      );
    const users = team.members.map((member) => member.id);
    await touchUsers(tx, users, deps.clock.now());
    await removeTeam(tx, id);
    await recordAudit(tx, deps, {
      event: 'team.deleted',
      actor,
      applicationId,
      subjectId: id,
      data: { name: row.name, left: users.length },
    });
  });
}

async function requireLocked(tx: Tx, { db }: TeamDeps, applicationId: string, id: string): Promise<TeamRow> {
  const row = await lockTeam(tx, db.dialect, applicationId, id);
  if (!row) throw new Problem('not_found');
  return row;
}

async function show(tx: Tx, row: TeamRow): Promise<ScimTeam> {
  const [team] = await withMembers(tx, [row]);
  if (!team) throw new Error('one row went in and none came out');
  return team;
}

interface Moved {
  readonly joined: number;
  readonly left: number;
  readonly users: readonly string[];
}

/** The team has exactly these users afterwards. @throws Problem invalid_request */
async function setMembers(tx: Tx, deps: TeamDeps, team: ScimTeam, wanted: readonly string[]): Promise<Moved> {
  const had = new Set(team.members.map(({ id }) => id));
  const wants = new Set(wanted);
  if (wants.size > maxMembers) throw refusedMembers(`a team has at most ${maxMembers} members`);
  const joined = [...wants].filter((id) => !had.has(id));
  const left = [...had].filter((id) => !wants.has(id));
  const known = await selectKnownUsers(tx, team.application_id, joined);
  const unknown = joined.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw refusedMembers(`there is no user ${unknown.slice(0, 80)} in this application`);
  await addMembers(tx, team.id, joined);
  await removeMembers(tx, team.id, left);
  await touchUsers(tx, [...joined, ...left], deps.clock.now());
  return { joined: joined.length, left: left.length, users: [...joined, ...left].slice(0, namedInAudit) };
}

const refusedMembers = (message: string): Problem =>
  new Problem('invalid_request', undefined, [{ field: 'members', message }]);
