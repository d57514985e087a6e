// A user source: a directory that knows the people of an application or a RADIUS server that checks their passwords; its settings, and what
// the connector needs of them.
import type {
  DeviceRecords,
  NewUserSource,
  UserSource,
  UserSourceChanges,
  UserSourceSync,
} from '@countersign/contract/user-source-models.ts';
import type { Selectable } from 'kysely';
import type { UserSourceTable } from '#db/user-source-tables.ts';
import { Problem } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import type { DirectorySettings, RadiusSourceSettings, SourceSettings } from './directory.ts';
import { recordPrefix } from './device-records/device-record.ts';
import type { Silence } from './silences.ts';
import { readHost } from './source-host.ts';

export type UserSourceRow = Selectable<UserSourceTable>;

/** What a bind password or shared secret is sealed for; with the source's id as owner. */
export const bindPasswordPurpose = 'user-source';

const settingNames = [
  'hosts',
  'transport',
  'ca',
  'bind_name',
  'base_dn',
  'user_filter',
  'upn_suffixes',
  'mandatory_group',
  'attribute_username',
  'attribute_full_name',
  'attribute_email',
  'attribute_phone',
  'attribute_guid',
  'device_attribute',
  'groups',
  'group_policy_attribute',
  'connect_ms',
  'answer_ms',
  'nas_identifier',
  'realm',
  'tries',
  'cache_hours',
] as const satisfies readonly (keyof UserSource)[];

/** What of a source is kept as one JSON text. */
export type KeptSettings = Pick<UserSource, (typeof settingNames)[number]>;
/** What a caller may say of a source, but for the secret. */
export type SourceFields = KeptSettings & Pick<UserSource, 'kind' | 'name' | 'sync_hours' | 'enabled'>;

export function settingsText(settings: KeptSettings): string {
  return JSON.stringify(Object.fromEntries(settingNames.map((name) => [name, settings[name]])));
}

/** Settings that sources of the first version do not have. */
const laterSettings = {
  nas_identifier: '',
  realm: '',
  tries: 3,
  cache_hours: null,
  group_policy_attribute: '',
  device_attribute: '',
} as const;

/** Only this file wrote it. */
const readSettings = ({ settings }: UserSourceRow): KeptSettings => ({
  ...laterSettings,
  ...(JSON.parse(settings) as KeptSettings),
});

export const fieldsOf = (row: UserSourceRow): SourceFields => ({
  ...readSettings(row),
  kind: row.kind,
  name: row.name,
  sync_hours: row.sync_hours,
  enabled: row.enabled === 1,
});

export const toUserSource = (
  row: UserSourceRow,
  surroundings: {
    readonly users: number;
    readonly lastSync: UserSourceSync | null;
    readonly deviceRecords: DeviceRecords | null;
    readonly silence: Silence | undefined;
  },
): UserSource => ({
  id: row.id,
  application_id: row.application_id,
  ...fieldsOf(row),
  user_count: surroundings.users,
  device_records: surroundings.deviceRecords,
  last_sync: surroundings.lastSync,
  next_sync_at: row.next_sync_at,
  unavailable_since: surroundings.silence?.since ?? null,
  unavailable_cause: surroundings.silence?.cause ?? null,
  created_at: row.created_at,
  updated_at: row.updated_at,
});

/** `upn_suffix` and `upn_suffixes` together, each domain once, without the @; undefined: none of the two was given. */
export function suffixesOf({
  upn_suffix: single,
  upn_suffixes: several,
}: Pick<UserSourceChanges, 'upn_suffix' | 'upn_suffixes'>): string[] | undefined {
  if (single === undefined && several === undefined) return undefined;
  const all = [...(several ?? []), ...(single === undefined ? [] : [single].flat())];
  return [...new Set(all.map((suffix) => suffix.replace(/^@/, '').replace(/\.$/, '').toLowerCase()))];
}

/** What is kept of a new source. */
export function newFields({
  bind_password: _password,
  shared_secret: _secret,
  upn_suffix,
  upn_suffixes,
  ...fields
}: NewUserSource): SourceFields {
  const isRadius = fields.kind === 'radius';
  return {
    ...fields,
    transport: fields.transport ?? (isRadius ? 'udp' : 'ldaps'),
    answer_ms: fields.answer_ms ?? (isRadius ? 3000 : 10_000),
    upn_suffixes: suffixesOf({ upn_suffix, upn_suffixes }) ?? [],
  };
}

type Secrets = Pick<UserSourceChanges, 'bind_password' | 'shared_secret'>;

/** The field that has the secret of a kind of source, and the fields that say who gets to see it or what is hidden by it. */
export const secretOf = (kind: UserSource['kind']) =>
  kind === 'radius'
    ? ({ field: 'shared_secret', goes: ['hosts'] } as const)
    : ({ field: 'bind_password', goes: ['name', 'hosts', 'transport', 'ca', 'bind_name'] } as const);

/** Undefined when none was given. @throws Problem invalid_request for the secret of another kind */
export function givenSecret(kind: UserSource['kind'], secrets: Secrets): string | undefined {
  const { field } = secretOf(kind);
  const other = field === 'shared_secret' ? 'bind_password' : 'shared_secret';
  if (secrets[other] !== undefined)
    throw new Problem('invalid_request', undefined, [
      { field: other, message: 'belongs to another kind of user source' },
    ]);
  return secrets[field];
}

const openSecret = (row: UserSourceRow, vault: Vault): Secret =>
  new Secret(Buffer.from(vault.open(bindPasswordPurpose, row.id, row.bind_password)).toString());

/** How the connector wants it, whatever kind it is. @throws VaultError */
export const sourceSettings = (row: UserSourceRow, vault: Vault): SourceSettings =>
  row.kind === 'radius' ? radiusSettings(row, vault) : directorySettings(row, vault);

function radiusSettings(row: UserSourceRow, vault: Vault): RadiusSourceSettings {
  const { hosts, nas_identifier, realm, answer_ms, tries, transport } = readSettings(row);
  return {
    id: row.id,
    revision: row.revision,
    kind: 'radius',
    name: row.name,
    hosts: hosts.flatMap((host) => readHost(host, transport) ?? []),
    shared_secret: openSecret(row, vault),
    nas_identifier,
    realm: realm.replace(/^@/, ''),
    answer_ms,
    tries,
  };
}

/** How the connector wants it. @throws VaultError, Problem source_only_checks */
export function directorySettings(row: UserSourceRow, vault: Vault): DirectorySettings {
  const { kind } = row;
  if (kind === 'radius') throw new Problem('source_only_checks');
  const { connect_ms, answer_ms, hosts, transport, ...fields } = readSettings(row);
  return {
    id: row.id,
    revision: row.revision,
    kind,
    name: row.name,
    hosts: hosts.flatMap((host) => readHost(host, transport) ?? []),
    // Refused for directories before it was kept.
    transport: transport === 'udp' ? 'ldaps' : transport,
    ca: fields.ca,
    bind_name: fields.bind_name,
    bind_password: openSecret(row, vault),
    base_dn: fields.base_dn,
    user_filter: fields.user_filter,
    upn_suffixes: fields.upn_suffixes,
    mandatory_group: fields.mandatory_group,
    attributes: {
      username: fields.attribute_username,
      full_name: fields.attribute_full_name,
      email: fields.attribute_email,
      phone: fields.attribute_phone,
      guid: fields.attribute_guid,
    },
    device_attribute: fields.device_attribute,
    record_prefix: recordPrefix({ applicationId: row.application_id }),
    groups: fields.groups,
    group_policy_attribute: fields.group_policy_attribute,
    timeouts: { connect_ms, answer_ms },
  };
}

/** The source as whoever keeps users of it knows it. */
export const originOf = (row: UserSourceRow) => ({
  id: row.id,
  name: row.name,
  revision: row.revision,
  teams: readSettings(row).groups.map(({ team }) => team),
  knows: row.kind === 'radius' ? ('names' as const) : ('people' as const),
});

/** Teams of which the directory of a source says whether their members are asked. */
export const teamsSpokenOf = ({ group_policy_attribute: attribute, groups }: KeptSettings): string[] =>
  attribute === '' ? [] : groups.map(({ team }) => team);

/** How long a password that it accepted is good while it cannot be asked, in milliseconds; null: none is kept. */
export const cachedFor = (row: UserSourceRow): number | null => {
  const { cache_hours: hours } = readSettings(row);
  return hours === null ? null : hours * 3_600_000;
};

/** The attribute in which records of devices are kept; empty: none are. */
export const deviceAttributeOf = (row: UserSourceRow): string => readSettings(row).device_attribute;
