// What the directory that accepted a password says of teams counts for this very login: it is kept before it is decided whether the user is
// asked. Else whoever was put into a team a minute ago would be let in by the password alone until the next sync.
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { SourceFinding } from '#core/user-sources/user-sources.ts';
import { areOtherTeams, keepForeignTeams } from '#core/users/keep-foreign-user.ts';
import { differFromKept, keepTeamPolicies } from '#core/users/team-policies.ts';
import type { Db } from '#db/db.ts';

export type KeepTeamsDeps = AuditDeps & { readonly db: Db };

const system = { kind: 'system' } as const;

/** Writes only what is other than what is kept. @returns whether it was. @throws Unavailable */
export async function keepTeams(
  deps: KeepTeamsDeps,
  { applicationId, userId }: { readonly applicationId: string; readonly userId: string },
  { source, answer }: SourceFinding,
): Promise<boolean> {
  if (answer.kind !== 'found') return false;
  const { db } = deps;
  const { user, policies } = answer;
  const saysOther = policies !== undefined && (await differFromKept(db.read, source.id, policies));
  if (saysOther)
    await db.write((tx) => keepTeamPolicies(tx, deps, system, { ...source, applicationId }, policies));
  const names = { source: source.name, said: user.teams, ofSource: source.teams };
  const teams = { applicationId, userId, ...names };
  const isInOthers = await areOtherTeams(db.read, teams);
  // By itself: rows of teams are taken in one order within a transaction.
  if (isInOthers) await db.write((tx) => keepForeignTeams(tx, deps, system, teams));
  return saysOther || isInOthers;
}
