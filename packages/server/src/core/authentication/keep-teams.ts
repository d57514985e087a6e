// What the directory that accepted a password says of teams counts for this very login: it is kept before it is decided whether the user is
// asked. Else whoever was put into a team a minute ago would be let in by the password alone until the next sync.
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { AnswerOfKind } from '#core/user-sources/directory.ts';
import { findAnew, type SourceFinding } from '#core/user-sources/user-sources.ts';
import { areOtherTeams, keepForeignTeams } from '#core/users/keep-foreign-user.ts';
import { differFromKept, keepTeamPolicies } from '#core/users/team-policies.ts';
import type { Db } from '#db/db.ts';

export type KeepTeamsDeps = AuditDeps & { readonly db: Db };

const system = { kind: 'system' } as const;

/** Writes only what is other than what is kept. @returns whether something was; or why the source cannot say it now. @throws Unavailable */
export async function keepTeams(
  deps: KeepTeamsDeps,
  { applicationId, userId }: { readonly applicationId: string; readonly userId: string },
  finding: SourceFinding,
): Promise<'as_kept' | 'renewed' | AnswerOfKind<'unavailable'>> {
  const { source, answer } = finding;
  if (answer.kind !== 'found') return 'as_kept';
  const { read } = deps.db;
  const teams = { applicationId, userId, source: source.name, ofSource: source.teams };
  const isOther = async ({
    user,
    policies,
  }: AnswerOfKind<'found'>): Promise<readonly [said: boolean, teams: boolean]> => [
    policies !== undefined && (await differFromKept(read, source.id, policies)),
    await areOtherTeams(read, { ...teams, said: user.teams }),
  ];
  if (!(await isOther(answer)).includes(true)) return 'as_kept';
  // What the answer has of groups may be a minute old, and what is kept newer.
  const now = await findAnew(finding, answer);
  if (now.kind === 'unavailable') return now;
  const [saysOther, isInOthers] = await isOther(now);
  const { policies } = now;
  if (saysOther && policies)
    await deps.db.write((tx) => keepTeamPolicies(tx, deps, system, { ...source, applicationId }, policies));
  // By itself: rows of teams are taken in one order within a transaction.
  if (isInOthers)
    await deps.db.write((tx) => keepForeignTeams(tx, deps, system, { ...teams, said: now.user.teams }));
  return 'renewed';
}
