// For what else the members of a team are asked on the phone than what a directory no longer says.
import type { Team } from '@countersign/contract/team-models.ts';
import type { Speech } from '../../words/words.ts';

type Sources = Team['required_by'];

/** Whose directory said that members are asked, and says nothing of it any more. */
export const unreadSources = ({ required_by: sources }: Team): Sources =>
  sources.filter(({ unread_at: at }) => at !== null);

export const namesOf = (sources: Sources): string => sources.map(({ name }) => name).join(', ');

/** Within a sentence; undefined: for nothing else. */
export function stillAskedFor(team: Team, { t }: Pick<Speech, 't'>): string | undefined {
  const others = team.required_by.filter(({ unread_at: at }) => at === null);
  const reasons = [
    ...(team.second_factor_required ? [t('team.still_here')] : []),
    ...(others.length > 0 ? [t('team.still_by', { sources: namesOf(others) })] : []),
  ];
  return reasons.length > 0 ? reasons.join(', ') : undefined;
}
