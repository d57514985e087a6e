// The choice of one application, for lists that go over all of them; it stands in the address.
import type { Application } from '@countersign/contract/models.ts';
import { usePages } from '../api/query.ts';
import type { Search } from '../router/paths.ts';
import { changeSearch, useRoute } from '../router/router.ts';
import { useWords } from '../words/words.ts';
import { FilterChoice } from './filter-bar.tsx';

/** There are few. */
const most = 200;

/** Anybody can make a link: what is no id is left out. */
export const applicationIn = (search: Search): string | undefined =>
  /^app_[0-9a-f-]{36}$/.exec(search['application'] ?? '')?.[0];

/** Undefined until they are known. */
export const useApplications = (enabled = true): readonly Application[] | undefined =>
  usePages('listApplications', { query: { limit: most } }, { enabled }).data;

/** Nothing where there is nothing to choose. */
export function ApplicationFilter({
  applications = [],
  without = {},
}: {
  readonly applications: readonly Pick<Application, 'id' | 'name'>[] | undefined;
  /** Filters that mean something of the application before, and end with it. */
  readonly without?: Search;
}) {
  const { t } = useWords();
  const { search } = useRoute();
  if (applications.length < 2) return null;
  return (
    <FilterChoice
      label={t('filter.application')}
      value={applicationIn(search) ?? ''}
      options={[
        { value: '', text: t('filter.all') },
        ...applications.map(({ id, name }) => ({ value: id, text: name })),
      ]}
      onChange={(application) => changeSearch({ ...without, application })}
    />
  );
}
