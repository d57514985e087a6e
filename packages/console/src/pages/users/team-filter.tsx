// The choice of one team among those of an application; it stands in the address.
import { useEffect } from 'preact/hooks';
import { usePages, useQuery } from '../../api/query.ts';
import { FilterChoice } from '../../parts/filter-bar.tsx';
import { changeSearch, useRoute } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { teamIn } from './user-filters.ts';

/** Of more, the others are reached from the page of teams. */
const most = 1000;

/** @param application whose teams; undefined where none is chosen yet: then there is only the one that the address names */
export function TeamFilter({ application }: { readonly application: string | undefined }) {
  const { t } = useWords();
  const { search } = useRoute();
  const chosen = teamIn(search);
  const teams = useTeams(application);
  const isOther = chosen !== undefined && teams.every(({ id }) => id !== chosen);
  const other = useQuery('getTeam', { params: { id: chosen ?? '' } }, { enabled: isOther });
  if (teams.length === 0 && !isOther) return null;
  const otherName = other.error === undefined ? (other.data?.name ?? '…') : t('users.filter_team_gone');
  return (
    <FilterChoice
      label={t('users.filter_team')}
      value={chosen ?? ''}
      options={[
        { value: '', text: t('users.filter_all') },
        ...teams.map(({ id, name }) => ({ value: id, text: name })),
        ...(isOther ? [{ value: chosen, text: otherName }] : []),
      ]}
      onChange={(team) => changeSearch({ team })}
    />
  );
}

function useTeams(application: string | undefined) {
  const { data, error, hasMore, isLoadingMore, more } = usePages(
    'listTeams',
    { params: { id: application ?? '' }, query: { limit: 200 } },
    { enabled: application !== undefined },
  );
  const teams = application === undefined ? [] : (data ?? []);
  // What failed is not asked for again and again.
  const isShort = hasMore && !isLoadingMore && error === undefined && teams.length < most;
  useEffect(() => {
    if (isShort) more();
  }, [isShort, more]);
  return teams;
}
