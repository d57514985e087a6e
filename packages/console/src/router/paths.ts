// The addresses of all pages, after the `#`. A new page is one line here and one in pages.tsx.
import { decoded } from '@countersign/ui/decoded.ts';

export const paths = {
  setup: '/setup/{token}',
  invitation: '/invitation/{token}',
  applications: '/applications',
  application: '/applications/{id}',
  applicationSettings: '/applications/{id}/settings',
  requirements: '/applications/{id}/requirements',
  onboardingActivities: '/applications/{id}/onboarding',
  approvals: '/applications/{id}/approvals',
  provisioning: '/applications/{id}/provisioning',
  users: '/applications/{id}/users',
  teams: '/applications/{id}/teams',
  userSources: '/applications/{id}/user-sources',
  openidProviders: '/applications/{id}/openid-providers',
  openidTest: '/openid-test',
  usersFile: '/applications/{id}/users/import',
  user: '/applications/{id}/users/{user}',
  allUsers: '/users',
  userById: '/users/{user}',
  applicationActivities: '/applications/{id}/activities',
  activities: '/activities',
  activity: '/activities/{id}',
  dashboard: '/dashboard',
  audit: '/audit',
  settings: '/settings',
  firstRun: '/first-run',
  radiusClients: '/radius-clients',
  radiusClient: '/radius-clients/{id}',
  homeServers: '/home-servers',
  sms: '/sms',
  mail: '/mail',
  certificates: '/certificates',
  scep: '/certificates/scep',
  apiClients: '/api-clients',
  administrators: '/administrators',
  administrator: '/administrators/{id}',
  yourSignIn: '/your-sign-in',
} as const satisfies Readonly<Record<string, `/${string}`>>;

export type PageName = keyof typeof paths;

type NamesIn<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
export type ParamsOf<P extends PageName> = { readonly [Name in NamesIn<(typeof paths)[P]>]: string };
/** Filters and the like, kept in the address so that going back finds them again. */
export type Search = Readonly<Record<string, string | undefined>>;

/** Pages without parameters need none. */
type HrefArguments<P extends PageName> = [NamesIn<(typeof paths)[P]>] extends [never]
  ? [name: P, params?: ParamsOf<P>, search?: Search]
  : [name: P, params: ParamsOf<P>, search?: Search];

/** `hrefOf('application', { id })`, `hrefOf('applications', {}, { search: 'vpn' })`. */
export function hrefOf<P extends PageName>(...[name, params, search = {}]: HrefArguments<P>): string {
  const values: Readonly<Record<string, string>> = params ?? {};
  const path = paths[name].replace(/\{(\w+)\}/g, (_whole, key: string) =>
    encodeURIComponent(values[key] ?? ''),
  );
  return `#${path}${searchText(search)}`;
}

export function searchText(search: Search): string {
  const given = Object.entries(search).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, value]],
  );
  const text = new URLSearchParams(given).toString();
  return text === '' ? '' : `?${text}`;
}

export interface Route {
  /** Undefined: no page has this address. */
  readonly name: PageName | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly search: Search;
}

const patterns = (Object.entries(paths) as [PageName, string][]).map(
  ([name, path]) => [name, path.split('/')] as const,
);

/** Reads the fragment of an address. `#`, `#/` and nothing at all are `home`. */
export function readRoute(hash: string, home: PageName): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const search = Object.fromEntries(new URLSearchParams(query));
  if (path === '' || path === '/') return { name: home, params: {}, search };
  const parts = path.replace(/\/$/, '').split('/');
  for (const [name, pattern] of patterns) {
    const params = match(pattern, parts);
    if (params) return { name, params, search };
  }
  return { name: undefined, params: {}, search };
}

function match(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const given = decoded(parts[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(expected)?.[1];
    if (given === undefined || (name === undefined ? given !== expected : given === '')) return undefined;
    if (name !== undefined) params[name] = given;
  }
  return params;
}
