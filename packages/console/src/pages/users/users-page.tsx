// The users of an application: found, sorted and filtered by the server, however many there are.
import type { User } from '@countersign/contract/models.ts';
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { type Pages, useQuery, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { type Column, DataTable, type Selection } from '../../parts/data-table.tsx';
import { FilterBar, FilterChoice, SearchBox } from '../../parts/filter-bar.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { hrefOf } from '../../router/paths.ts';
import { changeSearch, useRoute } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { type Picked, useBulk } from './bulk-actions.tsx';
import { NewUser } from './new-user.tsx';
import { hasFilters, noFilters, queryFrom, sortFrom, type UserQuery } from './user-filters.ts';
import { UserState } from './user-state.tsx';

const columnsOf = ({ t, count }: Speech): readonly Column<User>[] => [
  {
    id: 'username',
    head: t('user.username'),
    isName: true,
    sortable: true,
    cell: ({ id, application_id: application, username }) => (
      <a href={hrefOf('user', { id: application, user: id })}>
        <bdi>{username}</bdi>
      </a>
    ),
  },
  {
    id: 'full_name',
    head: t('user.full_name'),
    sortable: true,
    cell: ({ full_name: name, email }) => (
      <span class="stack-small">
        {name === '' ? null : <bdi>{name}</bdi>}
        {email === '' ? null : (
          <span class="quiet small">
            <bdi>{email}</bdi>
          </span>
        )}
        {name === '' && email === '' ? <span class="quiet">–</span> : null}
      </span>
    ),
  },
  { id: 'state', head: t('user.state'), cell: (user) => <UserState user={user} /> },
  {
    id: 'devices',
    head: t('user.devices'),
    cell: ({ device_count: devices }) =>
      devices === 0 ? <span class="quiet">{t('user.no_device')}</span> : count('user.device_count', devices),
  },
  {
    id: 'last_authenticated_at',
    head: t('user.last_login'),
    sortable: true,
    cell: ({ last_authenticated_at: at }) => <RelativeTime at={at} />,
  },
  {
    id: 'created_at',
    head: t('user.created_at'),
    sortable: true,
    minor: true,
    cell: ({ created_at: at }) => <RelativeTime at={at} />,
  },
];

export function UsersPage({ id }: { readonly id: string }) {
  const speech = useWords();
  const { t } = speech;
  const { search } = useRoute();
  const [isMaking, setMaking] = useState(false);
  const application = useQuery('getApplication', { params: { id } });
  const query = useMemo(() => queryFrom(id, search), [id, JSON.stringify(search)]);
  const list = usePages('listUsers', { query });
  const columns = useMemo(() => columnsOf(speech), [speech]);
  const { selection, dialogs } = useSelection(list, query);
  const isFiltered = hasFilters(search);
  const create = mayCall('createUser') ? (
    <Button look="main" icon="plus" onClick={() => setMaking(true)}>
      {t('users.create')}
    </Button>
  ) : null;
  const name = application.data?.name ?? '';
  return (
    <Page
      title={t('users.title')}
      lead={t('users.lead')}
      actions={create}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: name, href: hrefOf('application', { id }) },
      ]}
    >
      {isFiltered || list.data === undefined || list.data.length > 0 ? <Filters search={search} /> : null}
      <DataTable
        caption={t('users.caption', { name })}
        list={list}
        columns={columns}
        keyOf={keyOf}
        sort={sortFrom(search)}
        onSort={({ by, order }) => changeSearch({ sort: by, order })}
        {...(mayCall('changeUsers') ? { selection } : {})}
        onClearFilters={isFiltered ? clear : undefined}
        empty={
          <Empty title={t('users.empty')} icon="users">
            <p>{t('users.empty_help')}</p>
            <div class="empty-actions">{create}</div>
          </Empty>
        }
      />
      {dialogs}
      {isMaking ? <NewUser applicationId={id} onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}

const keyOf = ({ id }: User): string => id;
const clear = (): void => changeSearch(noFilters);

function Filters({ search }: { readonly search: Readonly<Record<string, string | undefined>> }) {
  const { t } = useWords();
  const onSearch = useCallback((text: string) => changeSearch({ search: text }), []);
  const choice = (flag: 'enabled' | 'onboarded' | 'held') => (
    <FilterChoice
      label={t(`users.filter_${flag}`)}
      value={search[flag] ?? ''}
      onChange={(value) => changeSearch({ [flag]: value })}
      options={[
        { value: '', text: t('users.filter_all') },
        { value: 'true', text: t(`users.filter_${flag}.yes`) },
        { value: 'false', text: t(`users.filter_${flag}.no`) },
      ]}
    />
  );
  return (
    <FilterBar>
      <SearchBox label={t('users.search')} value={search['search'] ?? ''} onSearch={onSearch} />
      {choice('enabled')}
      {choice('onboarded')}
      {choice('held')}
    </FilterBar>
  );
}

const none: ReadonlySet<string> = new Set();

/** What is selected is meant as it was looked at: another search begins anew. */
function useSelection(
  list: Pages<User>,
  query: UserQuery,
): { selection: Selection<User>; dialogs: ComponentChildren } {
  const [keys, setKeys] = useState<ReadonlySet<string>>(none);
  const [isAll, setAll] = useState(false);
  const asked = JSON.stringify({ ...query, sort: '', order: '' });
  const change = (next: ReadonlySet<string>): void => {
    setAll(false);
    setKeys(next);
  };
  useEffect(() => change(none), [asked]);
  const loaded = list.data ?? [];
  const total = list.total ?? loaded.length;
  // Pages that come later belong to all of them.
  const shown = isAll ? new Set(loaded.map(keyOf)) : keys;
  const picked: Picked = isAll
    ? { matching: query, total }
    : {
        users: loaded.filter(({ id }) => keys.has(id)).map(({ id, username }) => ({ id, username })),
      };
  const { buttons, dialogs } = useBulk(picked, () => change(none));
  const selection: Selection<User> = {
    keys: shown,
    onChange: change,
    nameOf: ({ username }) => username,
    // Counted for the filters before these: what would be confirmed is not what would be done.
    ...(list.isStale ? {} : { matching: { total, isAll, onAll: () => setAll(true) } }),
    actions: buttons,
  };
  return { selection, dialogs };
}
