// The filters of the list of users: as they stand in the address, and as the server wants them.
import type { CallInput } from '../../api/send.ts';
import type { Search } from '../../router/paths.ts';

const flags = ['enabled', 'onboarded', 'held'] as const;
type Flag = (typeof flags)[number];
const sorts = ['username', 'full_name', 'last_authenticated_at', 'created_at'] as const;
type UserSort = (typeof sorts)[number];

export type UserQuery = NonNullable<CallInput<'listUsers'>['query']>;

/** Whatever somebody wrote into the address: what is none of ours is left out. */
export function queryFrom(applicationId: string, search: Search): UserQuery {
  const text = (search['search'] ?? '').trim();
  const sort = sorts.find((each) => each === search['sort']) ?? 'username';
  const query: UserQuery = { application_id: applicationId, sort, order: orderFrom(search) };
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
  flags.some((flag) => search[flag] === 'true' || search[flag] === 'false');

export const noFilters: Readonly<Record<Flag | 'search', undefined>> = {
  search: undefined,
  enabled: undefined,
  onboarded: undefined,
  held: undefined,
};
