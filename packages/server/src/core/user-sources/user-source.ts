// A user source: a directory that knows the people of an application, its settings, and what the connector needs of them.
import { X509Certificate } from 'node:crypto';
import type {
  NewUserSource,
  UserSource,
  UserSourceChanges,
  UserSourceSync,
} from '@countersign/contract/user-source-models.ts';
import type { Selectable } from 'kysely';
import type { UserSourceTable } from '#db/user-source-tables.ts';
import { type FieldError, Problem } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import type { DirectoryHost, DirectorySettings } from './directory.ts';

export type UserSourceRow = Selectable<UserSourceTable>;

/** What a bind password is sealed for; with the source's id as owner. */
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
  'groups',
  'connect_ms',
  'answer_ms',
] as const satisfies readonly (keyof UserSource)[];

/** What of a source is kept as one JSON text. */
export type SourceSettings = Pick<UserSource, (typeof settingNames)[number]>;
/** What a caller may say of a source, but for the secret. */
export type SourceFields = SourceSettings & Pick<UserSource, 'kind' | 'name' | 'sync_hours' | 'enabled'>;

export function settingsText(settings: SourceSettings): string {
  return JSON.stringify(Object.fromEntries(settingNames.map((name) => [name, settings[name]])));
}

/** Only this file wrote it. */
const readSettings = ({ settings }: UserSourceRow): SourceSettings => JSON.parse(settings) as SourceSettings;

export const fieldsOf = (row: UserSourceRow): SourceFields => ({
  ...readSettings(row),
  kind: row.kind,
  name: row.name,
  sync_hours: row.sync_hours,
  enabled: row.enabled === 1,
});

export const toUserSource = (
  row: UserSourceRow,
  surroundings: { readonly users: number; readonly lastSync: UserSourceSync | null },
): UserSource => ({
  id: row.id,
  application_id: row.application_id,
  ...fieldsOf(row),
  user_count: surroundings.users,
  last_sync: surroundings.lastSync,
  next_sync_at: row.next_sync_at,
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
  upn_suffix,
  upn_suffixes,
  ...fields
}: NewUserSource): SourceFields {
  return { ...fields, upn_suffixes: suffixesOf({ upn_suffix, upn_suffixes }) ?? [] };
}

/** Where the bind password goes, and to whom it is shown: changing that wants it anew, so that nobody has it sent elsewhere unknown. */
export const wherePasswordGoes = ['name', 'hosts', 'transport', 'ca', 'bind_name'] as const;

/** What the schemas cannot say. @throws Problem invalid_request */
export function refuseUnusable(fields: SourceFields): void {
  const faults: FieldError[] = [];
  const fault = (field: keyof SourceFields, message: string) => void faults.push({ field, message });
  for (const host of fields.hosts)
    if (readHost(host, fields.transport) === undefined)
      fault('hosts', `must have ports from 1 to 65535, unlike ${host}`);
  if (fields.kind === 'ldap' && fields.hosts.length === 0) fault('hosts', 'must name a server');
  if (fields.kind === 'ldap' && fields.base_dn === '') fault('base_dn', 'must not be empty for LDAP');
  if (fields.kind === 'active_directory' && !/^[^\s.@\\]+(?:\.[^\s.@\\]+)+\.?$/.test(fields.name))
    fault('name', 'must be the domain, such as corp.example.com');
  if (fields.ca !== null && !areCertificates(fields.ca)) fault('ca', 'must be certificates in PEM');
  if (faults.length > 0) throw new Problem('invalid_request', undefined, faults);
}

function areCertificates(pem: string): boolean {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const certificate of found) new X509Certificate(certificate);
    return found.length > 0;
  } catch {
    return false;
  }
}

const usualPorts = { ldaps: 636, starttls: 389, plain: 389 } as const;

/** Undefined for a port that is none. */
function readHost(text: string, transport: UserSource['transport']): DirectoryHost | undefined {
  const [, host = '', port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
  const number = port === undefined ? usualPorts[transport] : Number(port);
  if (host === '' || number < 1 || number > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: number };
}

/** How the connector wants it. @throws VaultError */
export function directorySettings(row: UserSourceRow, vault: Vault): DirectorySettings {
  const { connect_ms, answer_ms, hosts, ...fields } = readSettings(row);
  const password = Buffer.from(vault.open(bindPasswordPurpose, row.id, row.bind_password)).toString();
  return {
    id: row.id,
    revision: row.revision,
    kind: row.kind,
    name: row.name,
    hosts: hosts.flatMap((host) => readHost(host, fields.transport) ?? []),
    transport: fields.transport,
    ca: fields.ca,
    bind_name: fields.bind_name,
    bind_password: new Secret(password),
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
    groups: fields.groups,
    timeouts: { connect_ms, answer_ms },
  };
}

/** The source as whoever keeps users of it knows it. */
export const originOf = (row: UserSourceRow) => ({
  id: row.id,
  name: row.name,
  teams: readSettings(row).groups.map(({ team }) => team),
});
