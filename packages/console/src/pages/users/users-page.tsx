// The users of an application, or of all: found, sorted and filtered by the server, however many there are.
import type { Application, User } from '@countersign/contract/models.ts';
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { type Pages, useQuery, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ApplicationFilter, applicationIn, useApplications } from '../../parts/application-filter.tsx';
import { type Column, DataTable, type Selection } from '../../parts/data-table.tsx';
import { FilterBar, FilterChoice, SearchBox } from '../../parts/filter-bar.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { type Crumb, Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { hrefOf, type Search } from '../../router/paths.ts';
import { changeSearch, useRoute } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { type Picked, useBulk } from './bulk-actions.tsx';
import { NewUser } from './new-user.tsx';
import { TeamFilter } from './team-filter.tsx';
import { hasFilters, noFilters, queryFrom, sortFrom, type UserQuery } from './user-filters.ts';
import { ExportButton, ImportButton } from './user-files.tsx';
import { UserState } from './user-state.tsx';

type Named = Pick<Application, 'id' | 'name'>;

const applicationColumn = (t: Speech['t'], applications: readonly Named[]): Column<User> => ({
  id: 'application',
  head: t('filter.application'),
  cell: ({ application_id: id }) => (
    <bdi class="some-room">{applications.find((each) => each.id === id)?.name ?? '…'}</bdi>
  ),
});

/** @param applications of which to name the one of each user; undefined where all are of the same */
const columnsOf = (
  { t, count }: Speech,
  applications: readonly Named[] | undefined,
): readonly Column<User>[] => [
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
  ...(applications ? [applicationColumn(t, applications)] : []),
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

/** Of one application. */
export function UsersPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  const name = application.data?.name ?? '';
  return (
    <UserList
      id={id}
      applications={application.data ? [application.data] : undefined}
      lead={t('users.lead')}
      caption={t('users.caption', { name })}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: name, href: hrefOf('application', { id }) },
      ]}
    />
  );
}

/** Of all applications. */
export function AllUsersPage() {
  const { t } = useWords();
  return (
    <UserList
      id={undefined}
      applications={useApplications()}
      lead={t('users.lead_all')}
      caption={t('users.title')}
      crumbs={[]}
    />
  );
}

interface UserListProps {
  /** Of the application; undefined for all. */
  readonly id: string | undefined;
  /** That a user can be made in; undefined until they are known. */
  readonly applications: readonly Named[] | undefined;
  readonly lead: string;
  readonly caption: string;
  readonly crumbs: readonly Crumb[];
}

function UserList({ id, applications, lead, caption, crumbs }: UserListProps) {
  const speech = useWords();
  const { t } = speech;
  const { search } = useRoute();
  const [isMaking, setMaking] = useState(false);
  const query = useMemo(() => queryFrom(id, search), [id, JSON.stringify(search)]);
  const list = usePages('listUsers', { query });
  const isMixed = query.application_id === undefined && (applications?.length ?? 0) > 1;
  const columns = useMemo(
    () => columnsOf(speech, isMixed ? applications : undefined),
    [speech, isMixed, applications],
  );
  const { selection, dialogs } = useSelection(list, query);
  const isFiltered = hasFilters(search);
  const create =
    mayCall('createUser') && applications && applications.length > 0 ? (
      <Button look="main" icon="plus" onClick={() => setMaking(true)}>
        {t('users.create')}
      </Button>
    ) : null;
  const only = applications?.find((each) => each.id === query.application_id);
  const bring = only ? <ImportButton key="import" id={only.id} /> : null;
  return (
    <Page
      title={t('users.title')}
      lead={lead}
      actions={
        <>
          {only ? <ExportButton id={only.id} name={only.name} /> : null}
          {bring}
          {create}
        </>
      }
      crumbs={crumbs}
    >
      {isFiltered || list.data === undefined || list.data.length > 0 ? (
        <Filters search={search} id={id} applications={applications} />
      ) : null}
      <DataTable
        caption={caption}
        list={list}
        columns={columns}
        keyOf={keyOf}
        sort={sortFrom(search)}
        onSort={({ by, order }) => changeSearch({ sort: by, order })}
        {...(mayCall('changeUsers') ? { selection } : {})}
        onClearFilters={isFiltered ? clear : undefined}
        empty={<NoUser create={[create, bring]} hasApplication={applications?.length !== 0} />}
      />
      {dialogs}
      {isMaking ? (
        <NewUser
          applications={applications ?? []}
          of={query.application_id}
          onClose={() => setMaking(false)}
        />
      ) : null}
    </Page>
  );
}

function NoUser({
  create,
  hasApplication,
}: {
  readonly create: ComponentChildren;
  readonly hasApplication: boolean;
}) {
  const { t } = useWords();
  const mayBegin = !hasApplication && mayCall('createApplication');
  return (
    <Empty title={t('users.empty')} icon="users">
      <p>{t(hasApplication ? 'users.empty_help' : 'users.empty_no_application')}</p>
      <div class="empty-actions">
        {create}
        {mayBegin ? (
          <LinkButton href={hrefOf('firstRun')} look="main">
            {t('rclients.first_run')}
          </LinkButton>
        ) : null}
      </div>
    </Empty>
  );
}

const keyOf = ({ id }: User): string => id;
/** A team is of one application. */
const ofNone = { team: undefined };
const clear = (): void => changeSearch(noFilters);

function Filters({
  search,
  id,
  applications,
}: Pick<UserListProps, 'id' | 'applications'> & { search: Search }) {
  const { t } = useWords();
  const only = applications?.length === 1 ? applications[0]?.id : applicationIn(search);
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
      {id === undefined ? <ApplicationFilter applications={applications} without={ofNone} /> : null}
      <TeamFilter application={id ?? only} />
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
