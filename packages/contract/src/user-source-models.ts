// User sources of an application: directories (Active Directory, LDAP) that know people, and RADIUS servers that check their passwords; how
// they are tested, asked and synced. The rules of these files are those of models.ts.
import { z } from 'zod';
import { directoryRefusals, type DirectoryRefusal } from './directory-refusals.ts';
import { flag, ids } from './models.ts';
import { sharedSecret } from './radius-models.ts';
import { line, name } from './text.ts';
import { time } from './time.ts';
import {
  directorySteps,
  type SyncFailure,
  type SyncSkip,
  syncChangeKinds,
  syncFailures,
  syncSkips,
  syncStatuses,
  userSourceKinds,
  userSourceTransports,
} from './user-source-words.ts';

/** In an application. */
export const maxUserSources = 20;

const host = z
  .string()
  .max(270)
  .regex(
    /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?)(?::[0-9]{1,5})?$/,
    'must be a host such as dc1.corp.example.com:636, or [2001:db8::1]:636',
  );
const suffix = line(255).regex(
  /^@?[^\s@\\,]+$/,
  'must be a domain such as corp.example.com, one in each entry',
);
const suffixes = z.array(suffix).max(50);
const attribute = z
  .string()
  .max(100)
  .regex(
    /^(?:[A-Za-z0-9][A-Za-z0-9.;-]*)?$/,
    'must be the name of an attribute, such as mail; empty for the usual one',
  );

const userSourceFields = {
  name: name(255).describe(
    'Active Directory: the domain, such as `corp.example.com`; put behind a name that has none. LDAP, RADIUS: what people call it.',
  ),
  hosts: z
    .array(host)
    .max(10)
    .describe(
      'Servers as `host:port`, tried in this order; without a port 636 for LDAPS, 389 for LDAP and 1812 for RADIUS. Active Directory: none, to find them by the service records of the domain.',
    ),
  transport: z
    .enum(userSourceTransports)
    .describe(
      '`ldaps`: TLS from the start; `starttls`: TLS within LDAP; `plain`: no TLS, so passwords cross the network readable. `udp`: RADIUS, which has no other.',
    ),
  ca: z
    .string()
    .max(100_000)
    .nullable()
    .describe(
      'Certificates in PEM that the servers’ certificates must lead to; null: those that the system trusts.',
    ),
  bind_name: line(1000).describe(
    'Directories need one. Whom the server asks as: a distinguished name; Active Directory takes `user@domain` and `DOMAIN\\user`, too. It needs to read users and groups, no more.',
  ),
  base_dn: line(1000).describe(
    'Below what people are looked for, such as `ou=people,dc=example,dc=com`. Active Directory: empty for the whole domain.',
  ),
  user_filter: line(2000).describe(
    'Who counts as a person, such as `(objectClass=inetOrgPerson)`; empty for the usual.',
  ),
  upn_suffixes: suffixes.describe(
    'Domains besides the name’s own that a user may give, as in `user@suffix`.',
  ),
  mandatory_group: line(1000)
    .nullable()
    .describe('Name or distinguished name of a group that users must be in, directly or by another group.'),
  attribute_username: attribute.describe('The attribute with the user name; empty for the usual one.'),
  attribute_full_name: attribute.describe('The attribute with the full name; empty for the usual one.'),
  attribute_email: attribute.describe('The attribute with the e-mail address; empty for the usual one.'),
  attribute_phone: attribute.describe(
    'The attribute with the mobile number, of which the first value counts; empty for the usual one.',
  ),
  attribute_guid: attribute.describe(
    'The attribute with the id that stays when a person is renamed; empty for the usual one.',
  ),
  device_attribute: attribute.describe(
    'An attribute of the person’s entry, for several values of text, in which records of the user’s devices and of the last login are kept besides the database; the bind account must be allowed to write it. Empty: only the database has them. Not for RADIUS.',
  ),
  groups: z
    .array(
      z.strictObject({
        group: line(1000).refine((text) => text !== '', 'must not be empty'),
        team: name(80),
      }),
    )
    .max(100)
    .describe(
      'Members of a group of the directory become members of a team, and leave it when they leave the group. Teams that are not named here stay as they are.',
    ),
  group_policy_attribute: attribute.describe(
    'The attribute of the groups named in `groups` that says whether members are asked for the second factor, where the application’s is `by_team`: `second_factor=required` or `second_factor=not_required` within its text. Empty: only what is set here of teams counts.',
  ),
  nas_identifier: line(100).describe(
    'RADIUS: the NAS-Identifier by which the server knows who asks; empty for `countersign`.',
  ),
  realm: line(100)
    .regex(/^(?:@?[^\s@\\,]+)?$/, 'must be a domain such as corp.example.com')
    .describe('RADIUS: put behind a name that has none, as in `name@realm`; empty: names as they are typed.'),
  tries: z.int().min(1).max(10).describe('RADIUS: how often a server is asked before the next one is.'),
  connect_ms: z
    .int()
    .min(200)
    .max(30_000)
    .describe('How long a server may take to connect, in milliseconds; not for RADIUS.'),
  answer_ms: z
    .int()
    .min(200)
    .max(60_000)
    .describe('How long a server may take to answer, in milliseconds; RADIUS: each time that it is asked.'),
  cache_hours: z
    .int()
    .min(1)
    .max(168)
    .nullable()
    .describe(
      'Credential cache: while the source cannot be asked, a password that it accepted no longer than so many hours ago is accepted from a hash kept here; null: no passwords are kept.',
    ),
  sync_hours: z
    .int()
    .min(1)
    .max(720)
    .nullable()
    .describe('Hours between syncs of all users; null: only when somebody asks for one. Not for RADIUS.'),
  enabled: flag.describe('One that is disabled is not asked, and not synced.'),
};
const bindPassword = z
  .string()
  .min(1)
  .max(1024)
  .describe('Directories need one; of the bind name. Write only; kept sealed.');
const suffixAlias = z
  .union([suffix, suffixes])
  .optional()
  .describe('The same as `upn_suffixes`, for those who know it by this name; both together count.');

export const NewUserSource = z.strictObject({
  kind: z.enum(userSourceKinds),
  ...userSourceFields,
  hosts: userSourceFields.hosts.default([]),
  transport: userSourceFields.transport
    .optional()
    .describe('`ldaps` when it is not given, also `starttls` or `plain`; RADIUS: always `udp`.'),
  ca: userSourceFields.ca.default(null),
  bind_name: userSourceFields.bind_name.default(''),
  bind_password: bindPassword.optional(),
  shared_secret: sharedSecret
    .optional()
    .describe('RADIUS needs one; the same on both sides. Write only; kept sealed.'),
  base_dn: userSourceFields.base_dn.default(''),
  user_filter: userSourceFields.user_filter.default(''),
  upn_suffixes: userSourceFields.upn_suffixes.default([]),
  upn_suffix: suffixAlias,
  mandatory_group: userSourceFields.mandatory_group.default(null),
  attribute_username: userSourceFields.attribute_username.default(''),
  attribute_full_name: userSourceFields.attribute_full_name.default(''),
  attribute_email: userSourceFields.attribute_email.default(''),
  attribute_phone: userSourceFields.attribute_phone.default(''),
  attribute_guid: userSourceFields.attribute_guid.default(''),
  device_attribute: userSourceFields.device_attribute.default(''),
  groups: userSourceFields.groups.default([]),
  group_policy_attribute: userSourceFields.group_policy_attribute.default(''),
  connect_ms: userSourceFields.connect_ms.default(3000),
  answer_ms: userSourceFields.answer_ms
    .optional()
    .describe(
      'How long a server may take to answer, in milliseconds: 10000 when it is not given, RADIUS: 3000, each time that it is asked.',
    ),
  nas_identifier: userSourceFields.nas_identifier.default(''),
  realm: userSourceFields.realm.default(''),
  tries: userSourceFields.tries.default(3),
  cache_hours: userSourceFields.cache_hours.default(null),
  sync_hours: userSourceFields.sync_hours.default(null),
  enabled: userSourceFields.enabled.default(true),
});
export const UserSourceChanges = z
  .strictObject({
    ...userSourceFields,
    upn_suffix: suffixAlias,
    bind_password: bindPassword.describe(
      'Write only; kept sealed. Needed again with changes of where it is sent: name, hosts, transport, ca, bind_name.',
    ),
    shared_secret: sharedSecret.describe('RADIUS. Write only; kept sealed. Needed again with other hosts.'),
  })
  .partial();

// ---- syncs

export const SyncCounts = z.object({
  listed: z.int().describe('People whom the directory told of so far.'),
  created: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  enabled: z.int().describe('Users that a sync had disabled, and that are back.'),
  disabled: z.int().describe('Users that are gone from the directory or disabled there.'),
  skipped: z.int(),
});
export const SyncChange = z.object({
  kind: z.enum(syncChangeKinds),
  username: z.string(),
  user_id: ids.user
    .nullable()
    .describe(
      'Null for one that a dry run would create. Of a person who was skipped: the user here who is in the way, if there is one.',
    ),
  fields: z.array(z.string()).describe('What changed.'),
  skip: z.enum(Object.keys(syncSkips) as [SyncSkip, ...SyncSkip[]]).nullable(),
});
export const StartSync = z.strictObject({
  dry_run: flag.default(false).describe('Only say what would change.'),
  username: name(512).optional().describe('Only this person, as the person would type the name.'),
  disable_many: flag
    .default(false)
    .describe('Disable those who are gone from the directory even when they are more than half of all.'),
});
const syncFields = {
  id: ids.userSourceSync,
  user_source_id: ids.userSource,
  username: z.string().nullable().describe('Null: all users.'),
  dry_run: flag,
  status: z.enum(syncStatuses),
  failure: z.enum(Object.keys(syncFailures) as [SyncFailure, ...SyncFailure[]]).nullable(),
  detail: z.string().describe('What went wrong, in the words of the directory or of the network.'),
  counts: SyncCounts,
  started_at: time,
  ended_at: time.nullable(),
};
export const UserSourceSync = z.object(syncFields);
export const UserSourceSyncWithChanges = UserSourceSync.extend({
  changes: z.array(SyncChange).describe('The first 100 of each kind; there once the sync has ended.'),
});

// ---- sources as they are

export const DeviceRecords = z.object({
  written: z.int().describe('Users whose records in the directory were written.'),
  failed: z.int().describe('Users whose records could not be written as they are now; it is tried again.'),
  failure: z.string().nullable().describe('Why, of the one that is tried again next.'),
});
export const UserSource = z.object({
  id: ids.userSource,
  application_id: ids.application,
  kind: z.enum(userSourceKinds),
  ...userSourceFields,
  user_count: z.int().describe('Users that came from it.'),
  device_records: DeviceRecords.nullable().describe('Null where no attribute for them is set.'),
  last_sync: UserSourceSync.nullable(),
  next_sync_at: time.nullable(),
  unavailable_since: time
    .nullable()
    .describe(
      'Since when the node that answers this call could not ask it; null: it answered the last time, is disabled, or was not asked since the node started or the settings changed.',
    ),
  unavailable_cause: z
    .string()
    .nullable()
    .describe('Why it could not be asked then, in the words of the network or of the directory.'),
  created_at: time,
  updated_at: time,
});
export const UserSourceOrder = z.strictObject({
  ids: z
    .array(ids.userSource)
    .max(maxUserSources)
    .describe('All of the application’s, in the order in which they are asked.'),
});

// ---- asking them

export const UserSourceFinding = z.object({
  step: z.enum(directorySteps),
  host: z.string().describe('The server that it is about; empty when it is about all of them.'),
  passed: flag,
  sentence: z.string(),
  ms: z.number(),
});
export const UserLookUp = z.strictObject({
  username: name(512).describe('As the person would type it: plain, with a domain, or DOMAIN\\name.'),
});
export const FoundUser = z.object({
  guid: z.string(),
  dn: z.string(),
  username: z.string(),
  full_name: z.string(),
  email: z.string(),
  phone: z.string(),
  teams: z.array(z.string()),
  enabled: flag,
});
export const UserLookUpResult = z.object({
  result: z.enum(['found', 'not_found', 'refused', 'unavailable']),
  user: FoundUser.nullable(),
  reason: z
    .enum(Object.keys(directoryRefusals) as [DirectoryRefusal, ...DirectoryRefusal[]])
    .nullable()
    .describe('Why the person would not be let in.'),
  detail: z.string().describe('What was tried, or what went wrong.'),
  user_id: ids.user.nullable().describe('The user that was made from this person; null: none so far.'),
  skip: z
    .enum(Object.keys(syncSkips) as [SyncSkip, ...SyncSkip[]])
    .nullable()
    .describe('Why a sync would skip the person; null: it would not, or nobody was found.'),
  held_by: ids.user.nullable().describe('The user here who is in the way then, if there is one.'),
});

export type NewUserSource = z.output<typeof NewUserSource>;
export type UserSourceChanges = z.output<typeof UserSourceChanges>;
export type DeviceRecords = z.output<typeof DeviceRecords>;
export type UserSource = z.output<typeof UserSource>;
export type UserSourceFinding = z.output<typeof UserSourceFinding>;
export type FoundUser = z.output<typeof FoundUser>;
export type UserLookUpResult = z.output<typeof UserLookUpResult>;
export type StartSync = z.output<typeof StartSync>;
export type SyncCounts = z.output<typeof SyncCounts>;
export type SyncChange = z.output<typeof SyncChange>;
export type UserSourceSync = z.output<typeof UserSourceSync>;
export type UserSourceSyncWithChanges = z.output<typeof UserSourceSyncWithChanges>;
