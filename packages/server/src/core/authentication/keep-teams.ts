// What the directory that accepted a password says of teams counts for this very login: it is kept before it is decided whether the user is
// asked. Else whoever was put into a team a minute ago would be let in by the password alone until the next sync.
import type { AuditDeps } from '#core/audit/record-audit.ts';
import { DirectoryUnavailable } from '#core/user-sources/directory.ts';
import type { SourceFinding } from '#core/user-sources/user-sources.ts';
import { areOtherTeams, keepForeignTeams } from '#core/users/keep-foreign-user.ts';
import { differFromKept, keepTeamPolicies } from '#core/users/team-policies.ts';
import type { Db } from '#db/db.ts';
import { Unavailable } from '#platform/problem.ts';

export type KeepTeamsDeps = AuditDeps & { readonly db: Db };

const system = { kind: 'system' } as const;

/** Writes only what is other than what is kept. @returns whether it was. @throws Unavailable */
export async function keepTeams(
  deps: KeepTeamsDeps,
  { applicationId, userId }: { readonly applicationId: string; readonly userId: string },
  finding: SourceFinding,
): Promise<boolean> {
  const { source, answer } = finding;
  if (answer.kind !== 'found') return false;
  const saidOther = await keepPolicies(deps, applicationId, finding);
  const names = { source: source.name, said: answer.user.teams, ofSource: source.teams };
  const teams = { applicationId, userId, ...names };
  const isInOthers = await areOtherTeams(deps.db.read, teams);
  // By itself: rows of teams are taken in one order within a transaction.
  if (isInOthers) await deps.db.write((tx) => keepForeignTeams(tx, deps, system, teams));
  return saidOther || isInOthers;
}

/** What the answer has may be a minute old, and what is kept newer: before anything is written it is read anew. */
async function keepPolicies(
  deps: KeepTeamsDeps,
  applicationId: string,
  { source, answer, readPolicies }: SourceFinding,
): Promise<boolean> {
  const policies = answer.kind === 'found' ? answer.policies : undefined;
  if (!policies || !readPolicies || !(await differFromKept(deps.db.read, source.id, policies))) return false;
  const now = await readPolicies().catch((error: unknown): never => {
    // Nobody is let in without it being known whether the person is to be asked.
    throw error instanceof DirectoryUnavailable ? new Unavailable('directory', error) : error;
  });
  if (await differFromKept(deps.db.read, source.id, now))
    await deps.db.write((tx) => keepTeamPolicies(tx, deps, system, { ...source, applicationId }, now));
  return true;
}
