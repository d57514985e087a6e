// Which entries a typed name means. Filters are built from parts and never from pasted text, so nothing in a name can change them.
import { AndFilter, EqualityFilter, type Filter, FilterParser, OrFilter, PresenceFilter } from 'ldapts';
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import { textOf } from './entry-values.ts';
import { DirectoryRefused } from './failure.ts';
import { plainDomain, type UsableName } from './login-name.ts';
import { attributesOf } from './read-user.ts';
import type { DirectoryEntry } from './response.ts';

export type PersonFilter =
  | {
      readonly kind: 'filter';
      readonly filter: Filter;
      /** Of several entries the one that is meant. */
      readonly prefers: (entry: DirectoryEntry) => boolean;
    }
  /** Nobody of this source can be meant. */
  | { readonly kind: 'nobody'; readonly why: string };

export const equals = (attribute: string, value: string | Buffer): Filter =>
  new EqualityFilter({ attribute, value });

/** @throws DirectoryRefused when the filter of the settings is none */
export function allOf(
  filters: readonly Filter[],
  { user_filter }: Pick<DirectorySettings, 'user_filter'>,
): Filter {
  const own = user_filter.trim();
  return new AndFilter({ filters: own === '' ? [...filters] : [...filters, parseFilter(own)] });
}

export function parseFilter(text: string): Filter {
  try {
    return FilterParser.parseString(text);
  } catch {
    throw new DirectoryRefused('settings', `the filter of the user source is not written correctly: ${text}`);
  }
}

/** Who counts as a person, whatever the name. */
export function anyPerson(settings: DirectorySettings): readonly Filter[] {
  const named = new PresenceFilter({ attribute: attributesOf(settings).username });
  if (settings.kind === 'ldap') return [named];
  // Computers are users, too, and contacts are persons.
  return [equals('objectCategory', 'person'), equals('objectClass', 'user'), named];
}

/** @param netbiosName of the domain, asked for only when a name is written with one */
export async function personFilter(
  settings: DirectorySettings,
  name: UsableName,
  netbiosName: () => Promise<string>,
): Promise<PersonFilter> {
  if (name.kind === 'down_level' && !(await isOwnDownLevel(settings, name.domain, netbiosName)))
    return { kind: 'nobody', why: `the domain ${name.domain} is not that of this user source` };
  const meant =
    settings.kind === 'active_directory' ? inActiveDirectory(settings, name) : inLdap(settings, name);
  if (meant === undefined)
    return { kind: 'nobody', why: `the domain ${domainOf(name)} is not one of this user source` };
  const filter = allOf([...anyPerson(settings), new OrFilter({ filters: [...meant.filters] })], settings);
  return { kind: 'filter', filter, prefers: meant.prefers };
}

const domainOf = (name: UsableName): string => (name.kind === 'plain' ? '' : name.domain);

interface Meant {
  readonly filters: readonly Filter[];
  readonly prefers: (entry: DirectoryEntry) => boolean;
}

const noneBefore = (): boolean => false;

/** A13: the domain is appended to a name that has none; other domains are those of `upn_suffixes` only. */
function inActiveDirectory(settings: DirectorySettings, name: UsableName): Meant | undefined {
  if (name.kind === 'down_level')
    return { filters: [equals('sAMAccountName', name.user)], prefers: noneBefore };
  const own = plainDomain(settings.name);
  const domain = name.kind === 'plain' ? own : name.domain;
  if (!isAllowed(settings, domain)) return undefined;
  const principal = `${name.user}@${domain}`;
  // Written into the entry, it goes before the one that everybody has by their account's name ([MS-ADTS] 5.1.1.1.1).
  const prefers = (entry: DirectoryEntry): boolean =>
    textOf(entry, 'userPrincipalName').toLowerCase() === principal.toLowerCase();
  const byPrincipal = equals('userPrincipalName', principal);
  return {
    filters: domain === own ? [byPrincipal, equals('sAMAccountName', name.user)] : [byPrincipal],
    prefers,
  };
}

/** Names may hold an @ themselves, where people log in by their e-mail address. */
function inLdap(settings: DirectorySettings, name: UsableName): Meant {
  const { username } = attributesOf(settings);
  if (name.kind !== 'at_domain') return { filters: [equals(username, name.user)], prefers: noneBefore };
  const whole = equals(username, `${name.user}@${name.domain}`);
  const filters = isAllowed(settings, name.domain) ? [whole, equals(username, name.user)] : [whole];
  return { filters, prefers: noneBefore };
}

function isAllowed({ name, upn_suffixes }: DirectorySettings, domain: string): boolean {
  return [name, ...upn_suffixes].some((allowed) => plainDomain(allowed.replace(/^@/, '')) === domain);
}

async function isOwnDownLevel(
  settings: DirectorySettings,
  domain: string,
  netbiosName: () => Promise<string>,
): Promise<boolean> {
  const own = plainDomain(settings.name);
  if (domain === own || domain === own.split('.')[0]) return true;
  return settings.kind === 'active_directory' && plainDomain(await netbiosName()) === domain;
}
