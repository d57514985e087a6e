// What directories say of teams: whether their members are asked on the phone. Each user source speaks for itself, and takes back only what
// it said itself; what is set here is not touched.
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Read, Tx } from '#db/db.ts';
import { removeUnused, takeTeam } from './team-store.ts';

/** What a directory says of the group that a team stands for. */
export interface TeamPolicy {
  readonly team: string;
  readonly required: boolean;
}

export interface PolicySource {
  readonly id: string;
  /** For the audit trail. */
  readonly name: string;
  readonly applicationId: string;
  /** Of its settings when it was asked. */
  readonly revision: number;
}

/** Whether members are asked, whoever says so. */
export async function requiresSecondFactor(read: Read, teamId: string): Promise<boolean> {
  const row = await read
    .selectFrom('teams')
    .select('id')
    .where('id', '=', teamId)
    .where((e) =>
      e.or([
        e('second_factor_required', '=', 1),
        e.exists(e.selectFrom('team_policies').select('team_id').whereRef('team_id', '=', 'teams.id')),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** Teams that the source says of that members are asked, by their key. */
async function keptPolicies(
  read: Read,
  sourceId: string,
): Promise<Map<string, { id: string; name: string }>> {
  const rows = await read
    .selectFrom('team_policies as p')
    .innerJoin('teams as t', 't.id', 'p.team_id')
    .select(['t.id', 't.name', 't.name_key'])
    .where('p.source_id', '=', sourceId)
    .execute();
  return new Map(rows.map(({ name_key: key, id, name }) => [key, { id, name }]));
}

/** Of several groups that stand for one team, one that requires it is enough. */
function requiredTeams(policies: readonly TeamPolicy[]): Map<string, string> {
  const required = policies.filter((policy) => policy.required);
  return new Map(required.map(({ team }) => [nameKey(team), team]));
}

/** Whether the source says something else now than what is kept. @param policies of all its groups */
export async function differFromKept(
  read: Read,
  sourceId: string,
  policies: readonly TeamPolicy[],
): Promise<boolean> {
  const kept = await keptPolicies(read, sourceId);
  const required = requiredTeams(policies);
  return kept.size !== required.size || [...required.keys()].some((key) => !kept.has(key));
}

/**
 * Keeps what the source says; a team that requires it is made before anybody is in it. Nothing is kept of a source that was changed or
 * deleted since it was asked.
 * @param policies of all its groups
 */
export async function keepTeamPolicies(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  source: PolicySource,
  policies: readonly TeamPolicy[],
): Promise<void> {
  const current = await tx
    .selectFrom('user_sources')
    .select('id')
    .where('id', '=', source.id)
    .where('revision', '=', source.revision)
    .executeTakeFirst();
  if (!current) return;
  const kept = await keptPolicies(tx, source.id);
  const required = requiredTeams(policies);
  const ended = [...kept].filter(([key]) => !required.has(key)).map(([, { name }]) => name);
  const begun = [...required].filter(([key]) => !kept.has(key)).map(([, name]) => name);
  // Always in one order, as wherever rows of teams are taken.
  for (const name of [...ended, ...begun].sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1))) {
    const id = await takeTeam(tx, deps, source.applicationId, name);
    const isRequired = required.has(nameKey(name));
    if (isRequired)
      await tx
        .insertInto('team_policies')
        .values({ team_id: id, source_id: source.id })
        .onConflict((c) => c.doNothing())
        .execute();
    else await takeBack(tx, id, source.id);
    await recordAudit(tx, deps, {
      event: 'team.changed',
      actor,
      applicationId: source.applicationId,
      subjectId: id,
      data: { name, changed: ['required_by'], second_factor_required: isRequired, source: source.name },
    });
    if (!isRequired) await removeUnused(tx, [id]);
  }
}

/**
 * A source that no longer says anything of some teams, or goes: what it said last stays, as if it were set here, so that nobody is let in
 * for want of somebody who says otherwise.
 * @param still teams of which it goes on to say something
 */
export async function keepPoliciesHere(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  source: Pick<PolicySource, 'id' | 'applicationId'>,
  still: readonly string[],
): Promise<void> {
  const speaks = new Set(still.map(nameKey));
  const kept = [...(await keptPolicies(tx, source.id))].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, { id, name }] of kept) {
    if (speaks.has(key)) continue;
    await tx
      .updateTable('teams')
      .set({ second_factor_required: 1, updated_at: deps.clock.now() })
      .where('id', '=', id)
      .execute();
    await takeBack(tx, id, source.id);
    await recordAudit(tx, deps, {
      event: 'team.changed',
      actor,
      applicationId: source.applicationId,
      subjectId: id,
      data: { name, changed: ['second_factor_required', 'required_by'], second_factor_required: true },
    });
  }
}

async function takeBack(tx: Tx, teamId: string, sourceId: string): Promise<void> {
  await tx
    .deleteFrom('team_policies')
    .where('team_id', '=', teamId)
    .where('source_id', '=', sourceId)
    .execute();
}
