// The filters of the list of users: as they stand in the address, and as the server wants them.
import type { CallInput } from '../../api/send.ts';
import { applicationIn } from '../../parts/application-filter.tsx';
import type { Search } from '../../router/paths.ts';

const flags = ['enabled', 'onboarded', 'held'] as const;
type Flag = (typeof flags)[number];
const sorts = ['username', 'full_name', 'last_authenticated_at', 'created_at'] as const;
type UserSort = (typeof sorts)[number];

/** Anybody can make a link: what is no id is left out. */
export const teamIn = (search: Search): string | undefined =>
  /^tem_[0-9a-f-]{36}$/.exec(search['team'] ?? '')?.[0];

export type UserQuery = NonNullable<CallInput<'listUsers'>['query']>;

/**
 * Whatever somebody wrote into the address: what is none of ours is left out.
 * @param applicationId undefined for the users of all applications, where one of them can be chosen
 */
export function queryFrom(applicationId: string | undefined, search: Search): UserQuery {
  const text = (search['search'] ?? '').trim();
  const sort = sorts.find((each) => each === search['sort']) ?? 'username';
  const application = applicationId ?? applicationIn(search);
  const query: UserQuery = { sort, order: orderFrom(search) };
  if (application !== undefined) query.application_id = application;
  const team = teamIn(search);
  if (team !== undefined) query.team_id = team;
  if (text !== '') query.search = text.slice(0, 200);
  for (const flag of flags) {
    const value = search[flag];
    if (value === 'true' || value === 'false') query[flag] = value;
  }
  return query;
}

const orderFrom = (search: Search): 'asc' | 'desc' => (search['order'] === 'desc' ? 'desc' : 'asc');

export const sortFrom = (search: Search): { readonly by: UserSort; readonly order: 'asc' | 'desc' } => ({
  by: sorts.find((each) => each === search['sort']) ?? 'username',
  order: orderFrom(search),
});

export const hasFilters = (search: Search): boolean =>
  (search['search'] ?? '').trim() !== '' ||
  applicationIn(search) !== undefined ||
  teamIn(search) !== undefined ||
  flags.some((flag) => search[flag] === 'true' || search[flag] === 'false');

export const noFilters: Readonly<Record<Flag | 'search' | 'application' | 'team', undefined>> = {
  search: undefined,
  application: undefined,
  team: undefined,
  enabled: undefined,
  onboarded: undefined,
  held: undefined,
};
