// Creates, changes and deletes teams for administrators. What a directory says of a team is not theirs to change here.
import type { NewTeam, Team, TeamChanges } from '@countersign/contract/team-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { asOwnerGone, requireOwner } from '#db/owning-application.ts';
import { asNameTaken } from '#db/taken.ts';
import { Problem } from '#platform/problem.ts';
import { requireTeam, showTeam } from './list-teams.ts';
import { hasUnread, requiresSecondFactor, takeBackUnread } from './team-policies.ts';
import { newTeam } from './team-store.ts';

type TeamDeps = AuditDeps & { readonly db: Db };

/**
 * A team before anybody is in it.
 * @param visible id of the only application that the caller may see; null for all. @throws Problem not_found (the application), name_taken
 */
export async function createTeam(
  deps: TeamDeps,
  actor: Actor,
  visible: string | null,
  applicationId: string,
  input: NewTeam,
): Promise<Team> {
  if (visible !== null && visible !== applicationId) throw new Problem('not_found');
  const required = input.second_factor_required;
  return deps.db
    .write(async (tx) => {
      const row = {
        ...newTeam(deps, applicationId, input.name),
        second_factor_required: required ? (1 as const) : (0 as const),
      };
      await requireOwner(tx, applicationId);
      await tx.insertInto('teams').values(row).execute();
      await recordAudit(tx, deps, {
        event: 'team.created',
        actor,
        applicationId,
        subjectId: row.id,
        data: { name: row.name, second_factor_required: required },
      });
      return showTeam(tx, row);
    })
    .catch(asOwnerGone)
    .catch(asNameTaken('name'));
}

/**
 * A change that changes nothing writes nothing.
 * @param visible id of the only application that the caller may see; null for all. @throws Problem not_found
 */
export function changeTeam(
  deps: TeamDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  { second_factor_required: required, take_back_unread: isTakenBack = false }: TeamChanges,
): Promise<Team> {
  return deps.db.write(async (tx) => {
    const before = await requireTeam(tx, visible, id);
    const isSet = required !== undefined && required !== (before.second_factor_required === 1);
    const isToTakeBack = isTakenBack && (await hasUnread(tx, id));
    if (!isSet && !isToTakeBack) return showTeam(tx, before);
    const row = await tx
      .updateTable('teams')
      .set({ ...(isSet && { second_factor_required: required ? 1 : 0 }), updated_at: deps.clock.now() })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    // Its last member left in the same moment.
    if (!row) throw new Problem('not_found');
    const unread = isToTakeBack ? await takeBackUnread(tx, id) : [];
    // Somebody else may require it all the same.
    const isStillRequired = unread.length > 0 && (await requiresSecondFactor(tx, id));
    const about = { actor, applicationId: row.application_id, subjectId: id };
    const entries = [
      ...(isSet ? [{ changed: ['second_factor_required'], second_factor_required: required }] : []),
      ...unread.map((source) => ({
        changed: ['required_by'],
        second_factor_required: isStillRequired,
        source,
        unread: true,
      })),
    ];
    for (const data of entries)
      await recordAudit(tx, deps, { event: 'team.changed', ...about, data: { name: row.name, ...data } });
    return showTeam(tx, row);
  });
}

/**
 * Its members leave it, and are no longer asked for its sake.
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, in_use (a directory or SCIM says that there is such a team)
 */
export async function deleteTeam(
  deps: TeamDeps,
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const row = await requireTeam(tx, visible, id);
    // Takes the row: whoever puts users into it waits, and makes it anew.
    await tx.updateTable('teams').set({ updated_at: deps.clock.now() }).where('id', '=', id).execute();
    const { required_by: sources, pushed, member_count: left } = await showTeam(tx, row);
    if (sources.length > 0)
      throw new Problem(
        'in_use',
        `the directory of ${sources[0]?.name ?? ''} says that its members are asked`,
      );
    if (pushed) throw new Problem('in_use', 'another system pushes it by SCIM');
    const members = tx.selectFrom('team_members').select('user_id').where('team_id', '=', id);
    await tx.updateTable('users').set({ updated_at: deps.clock.now() }).where('id', 'in', members).execute();
    const { numDeletedRows } = await tx.deleteFrom('teams').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows === 0n) throw new Problem('not_found');
    const { application_id: applicationId, name } = row;
    const data = { name, left, second_factor_required: row.second_factor_required === 1 };
    await recordAudit(tx, deps, { event: 'team.deleted', actor, applicationId, subjectId: id, data });
  });
}
