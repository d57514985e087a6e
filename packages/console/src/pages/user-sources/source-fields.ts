// The form of a user source, by kind: what directories differ in is asked where it matters, and hidden where it does not.
import type { NewUserSource, UserSource } from '@countersign/contract/user-source-models.ts';
import { type Fields, fields } from '../../parts/form-fields.ts';
import type { Speech } from '../../words/words.ts';

export type Kind = UserSource['kind'];

const attribute = (label: string, placeholder: string) =>
  ({ kind: 'text', label, placeholder, max: 100, optional: true, code: true }) as const;

export function sourceFields(speech: Speech, kind: Kind, isNew: boolean): Fields {
  if (kind === 'radius') return radiusFields(speech, isNew);
  const isAd = kind === 'active_directory';
  return fields({
    ...wayFields(speech, isAd, isNew),
    ...peopleFields(speech, isAd),
    ...cacheFields(speech),
    ...moreFields(speech, isAd),
  });
}

/** A RADIUS server says whether a password is right; there is nothing else to ask it for. */
function radiusFields(speech: Speech, isNew: boolean) {
  const { t, count } = speech;
  return fields({
    name: { kind: 'text', label: t('source.name'), hint: t('source.name_help'), max: 255 },
    hosts: { kind: 'tags', label: t('source.hosts'), hint: t('source.hosts_radius_help'), max: 270 },
    shared_secret: {
      kind: 'password',
      label: t('source.shared_secret'),
      hint: t(isNew ? 'source.shared_secret_help' : 'source.shared_secret_change_help'),
      min: 16,
      max: 128,
      optional: !isNew,
      autocomplete: 'off',
      ...(isNew ? {} : { againWith: ['hosts'] }),
    },
    realm: {
      kind: 'text',
      label: t('source.realm'),
      hint: t('source.realm_help'),
      max: 100,
      optional: true,
      placeholder: 'corp.example.com',
    },
    enabled: { kind: 'flag', label: t('source.enabled'), hint: t('source.enabled_help') },
    ...cacheFields(speech),
    nas_identifier: {
      kind: 'text',
      label: t('source.nas_identifier'),
      hint: t('source.nas_identifier_help'),
      max: 100,
      optional: true,
      placeholder: 'countersign',
    },
    answer_ms: {
      kind: 'number',
      label: t('source.answer_radius_ms'),
      min: 200,
      max: 60_000,
      unit: (ms) => count('unit.milliseconds', ms),
    },
    tries: {
      kind: 'number',
      label: t('source.tries'),
      min: 1,
      max: 10,
      unit: (tries) => count('source.tries', tries),
    },
  });
}

/** The credential cache: a switch, and for how long. */
const cacheFields = ({ t, count }: Speech) =>
  fields({
    cache: { kind: 'flag', label: t('source.cache'), hint: t('source.cache_help') },
    cache_hours: {
      kind: 'number',
      label: t('source.cache_hours'),
      hint: t('source.cache_hours_help'),
      min: 1,
      max: 168,
      unit: (hours) => count('source.hours', hours),
    },
  });

/** How the directory is reached. */
function wayFields({ t }: Speech, isAd: boolean, isNew: boolean) {
  return fields({
    name: {
      kind: 'text',
      label: t(isAd ? 'source.domain' : 'source.name'),
      hint: t(isAd ? 'source.domain_help' : 'source.name_help'),
      max: 255,
      placeholder: isAd ? 'corp.example.com' : '',
    },
    hosts: {
      kind: 'tags',
      label: t('source.hosts'),
      hint: t(isAd ? 'source.hosts_ad_help' : 'source.hosts_help'),
      max: 270,
      optional: isAd,
    },
    transport: {
      kind: 'choice',
      look: 'cards',
      label: t('source.transport'),
      options: (['ldaps', 'starttls', 'plain'] as const).map((value) => ({
        value,
        text: t(`source.transport.${value}`),
        help: t(`source.transport.${value}_help`),
      })),
    },
    bind_name: {
      kind: 'text',
      label: t('source.bind_name'),
      hint: t('source.bind_name_help'),
      max: 1000,
      autocomplete: 'off',
      placeholder: isAd ? 'countersign@corp.example.com' : 'cn=countersign,ou=services,dc=example,dc=com',
    },
    bind_password: {
      kind: 'password',
      label: t('source.bind_password'),
      hint: t(isNew ? 'source.bind_password_help' : 'source.bind_password_change_help'),
      max: 1024,
      optional: !isNew,
      autocomplete: 'off',
      ...(isNew ? {} : { againWith: ['name', 'hosts', 'transport', 'ca', 'bind_name'] }),
    },
  });
}

/** Who is looked for there. */
function peopleFields({ t, count }: Speech, isAd: boolean) {
  return fields({
    base_dn: {
      kind: 'text',
      label: t('source.base_dn'),
      hint: t(isAd ? 'source.base_dn_ad_help' : 'source.base_dn_help'),
      max: 1000,
      optional: isAd,
      code: true,
      placeholder: 'ou=people,dc=example,dc=com',
    },
    upn_suffixes: {
      kind: 'tags',
      label: t('source.upn_suffixes'),
      hint: t('source.upn_suffixes_help'),
      max: 255,
      optional: true,
    },
    mandatory_group: {
      kind: 'text',
      label: t('source.mandatory_group'),
      hint: t('source.mandatory_group_help'),
      max: 1000,
      optional: true,
    },
    groups: {
      kind: 'text',
      rows: 3,
      label: t('source.groups'),
      hint: t('source.groups_help'),
      optional: true,
      code: true,
      placeholder: 'VPN users => VPN',
      check: (text) => (readGroups(text) ? undefined : t('source.groups_fault')),
    },
    group_policy_attribute: {
      ...attribute(t('source.group_policy_attribute'), isAd ? 'info' : 'description'),
      hint: t('source.group_policy_attribute_help'),
    },
    sync_hours: {
      kind: 'number',
      label: t('source.sync_hours'),
      hint: t('source.sync_hours_help'),
      min: 1,
      max: 720,
      optional: true,
      unit: (hours) => count('source.hours', hours),
    },
    enabled: { kind: 'flag', label: t('source.enabled'), hint: t('source.enabled_help') },
  });
}

function moreFields({ t, count }: Speech, isAd: boolean) {
  return fields({
    ca: {
      kind: 'text',
      rows: 4,
      label: t('source.ca'),
      hint: t('source.ca_help'),
      optional: true,
      code: true,
      placeholder: '-----BEGIN CERTIFICATE-----',
    },
    user_filter: {
      kind: 'text',
      label: t('source.user_filter'),
      hint: t('source.user_filter_help'),
      max: 2000,
      optional: true,
      code: true,
      placeholder: isAd ? '' : '(objectClass=inetOrgPerson)',
    },
    attribute_username: attribute(t('source.attribute_username'), isAd ? 'sAMAccountName' : 'uid'),
    attribute_full_name: attribute(t('source.attribute_full_name'), isAd ? 'displayName' : 'cn'),
    attribute_email: attribute(t('source.attribute_email'), 'mail'),
    attribute_phone: attribute(t('source.attribute_phone'), 'mobile'),
    attribute_guid: attribute(t('source.attribute_guid'), isAd ? 'objectGUID' : 'entryUUID'),
    device_attribute: {
      ...attribute(t('source.device_attribute'), 'countersignDevice'),
      hint: t('source.device_attribute_help'),
    },
    connect_ms: {
      kind: 'number',
      label: t('source.connect_ms'),
      min: 200,
      max: 30_000,
      unit: (ms) => count('unit.milliseconds', ms),
    },
    answer_ms: {
      kind: 'number',
      label: t('source.answer_ms'),
      min: 200,
      max: 60_000,
      unit: (ms) => count('unit.milliseconds', ms),
    },
  });
}

export const foldedFields = [
  'nas_identifier',
  'tries',
  'ca',
  'user_filter',
  'attribute_username',
  'attribute_full_name',
  'attribute_email',
  'attribute_phone',
  'attribute_guid',
  'device_attribute',
  'connect_ms',
  'answer_ms',
] as const;

/** Where what failed in a test is put right, as far as that is one field. @param failed steps */
export function fieldOfStep(failed: readonly string[]): string | undefined {
  const at = { tls: 'ca', bound: 'bind_name', base_read: 'base_dn', name_resolved: 'hosts' } as const;
  const step = Object.keys(at).find((name) => failed.includes(name)) as keyof typeof at | undefined;
  return step && at[step];
}

/** `group => team`, one a line; undefined when a line is none. */
export function readGroups(text: string): UserSource['groups'] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => {
    const at = line.lastIndexOf('=>');
    return at < 0
      ? { group: '', team: '' }
      : { group: line.slice(0, at).trim(), team: line.slice(at + 2).trim() };
  });
  return pairs.some(({ group, team }) => group === '' || team === '') ? undefined : pairs;
}

export const writeGroups = (groups: UserSource['groups']): string =>
  groups.map(({ group, team }) => `${group} => ${team}`).join('\n');

/** What the form shows of a source that there is. */
export const shownOf = ({
  groups,
  ca,
  mandatory_group: group,
  sync_hours: hours,
  cache_hours: cacheHours,
  last_sync: _sync,
  next_sync_at: _next,
  unavailable_since: _since,
  unavailable_cause: _cause,
  device_records: _records,
  ...rest
}: UserSource) => ({
  ...rest,
  ca: ca ?? '',
  mandatory_group: group ?? '',
  groups: writeGroups(groups),
  ...(hours === null ? {} : { sync_hours: hours }),
  cache: cacheHours !== null,
  cache_hours: cacheHours ?? usualCacheHours,
});

/** A working day, so that one begun in time is not interrupted. */
const usualCacheHours = 12;

export const defaultsOf = (kind: Kind) => ({
  enabled: true,
  cache: false,
  cache_hours: usualCacheHours,
  ...(kind === 'radius'
    ? { answer_ms: 3000, tries: 3 }
    : { transport: 'ldaps', connect_ms: 3000, answer_ms: 10_000 }),
});

type FormValues = Readonly<Record<string, unknown>>;
type Body = Omit<Partial<NewUserSource>, 'kind'>;

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * What the API is told: empty texts where it wants null, groups as pairs, no password that was not typed, and hours for a cache that is on.
 * @param all what the form holds, where `given` is only what was changed
 */
export function bodyOf(given: FormValues, all: FormValues = given): Body {
  const isCache = 'cache' in given || 'cache_hours' in given;
  return { ...withoutCache(given), ...(isCache && { cache_hours: cacheHoursOf(all) }) };
}

const cacheHoursOf = ({ cache, cache_hours: hours }: FormValues): number | null =>
  cache === true && typeof hours === 'number' ? hours : null;

function withoutCache({
  cache: _cache,
  cache_hours: _hours,
  ca,
  mandatory_group: group,
  groups,
  bind_password: password,
  shared_secret: secret,
  ...rest
}: FormValues): Body {
  return {
    ...rest,
    ...(ca !== undefined && { ca: ca === '' ? null : textOf(ca) }),
    ...(group !== undefined && { mandatory_group: group === '' ? null : textOf(group) }),
    ...(groups !== undefined && { groups: readGroups(textOf(groups)) ?? [] }),
    ...(textOf(password) !== '' && { bind_password: textOf(password) }),
    ...(textOf(secret) !== '' && { shared_secret: textOf(secret) }),
  };
}
