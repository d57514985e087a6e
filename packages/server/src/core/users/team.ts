// A team as administrators see it: who is in it is said of each user, and here whether its members are asked on the phone.
import type { Team } from '@countersign/contract/team-models.ts';
import type { Selectable } from 'kysely';
import type { TeamTable } from '#db/user-tables.ts';

export type TeamRow = Selectable<TeamTable>;

/** What is counted or gathered from other tables. */
export interface TeamSurroundings {
  readonly memberCount: number;
  readonly requiredBy: Team['required_by'];
}

export const toTeam = (row: TeamRow, { memberCount, requiredBy }: TeamSurroundings): Team => ({
  id: row.id,
  application_id: row.application_id,
  name: row.name,
  member_count: memberCount,
  second_factor_required: row.second_factor_required === 1,
  required_by: requiredBy,
  pushed: row.kept === 1,
  created_at: row.created_at === 0 ? null : row.created_at,
});

/** SQL of a row of `teams`: whether its members are asked where an application asks by team. */
export const asksMembers = `(teams.second_factor_required = 1
  or exists (select 1 from team_policies where team_policies.team_id = teams.id))`;
