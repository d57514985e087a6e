// Which settings a user source of each kind can do with: what the schemas of the contract cannot say.
import { isDeepStrictEqual } from 'node:util';
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import { areCertificates } from '#core/certificates/are-certificates.ts';
import { type FieldError, Problem } from '#platform/problem.ts';
import { readHost } from './source-host.ts';
import type { SourceFields } from './user-source.ts';

type Fault = (field: keyof SourceFields, message: string) => void;
type Kind = UserSource['kind'];

const noAttributes = {
  attribute_username: '',
  attribute_full_name: '',
  attribute_email: '',
  attribute_phone: '',
  attribute_guid: '',
} as const;
const ofDirectories = { ...noAttributes, device_attribute: '' } as const;
const ofRadius = { nas_identifier: '', realm: '', tries: 3 } as const;

/** Settings that a kind does not have stay as they are when nothing is said of them. */
const unused: Readonly<Record<Kind, Partial<SourceFields>>> = {
  active_directory: ofRadius,
  ldap: ofRadius,
  radius: {
    ...ofDirectories,
    ca: null,
    bind_name: '',
    base_dn: '',
    user_filter: '',
    upn_suffixes: [],
    mandatory_group: null,
    groups: [],
    group_policy_attribute: '',
    connect_ms: 3000,
    sync_hours: null,
  },
};

const rules: Readonly<Record<Kind, (fields: SourceFields, fault: Fault) => void>> = {
  active_directory(fields, fault) {
    if (!/^[^\s.@\\]+(?:\.[^\s.@\\]+)+\.?$/.test(fields.name))
      fault('name', 'must be the domain, such as corp.example.com');
    refuseUnboundDirectory(fields, fault);
  },
  ldap(fields, fault) {
    if (fields.hosts.length === 0) fault('hosts', 'must name a server');
    if (fields.base_dn === '') fault('base_dn', 'must not be empty for LDAP');
    refuseUnboundDirectory(fields, fault);
  },
  radius(fields, fault) {
    if (fields.hosts.length === 0) fault('hosts', 'must name a server');
    if (fields.transport !== 'udp') fault('transport', 'must be udp for RADIUS');
  },
};

function refuseUnboundDirectory(fields: SourceFields, fault: Fault): void {
  const { bind_name: name, transport, ca } = fields;
  if (name === '') fault('bind_name', 'must not be empty');
  if (transport === 'udp') fault('transport', 'must be ldaps, starttls or plain');
  if (ca !== null && !areCertificates(ca)) fault('ca', 'must be certificates in PEM');
  if (isInUse(fields)) fault('device_attribute', 'must be the name of an attribute that nothing else uses');
}

/** What people are known and let in by; records of devices there would be taken for names, passwords or keys. */
const ofPeople = [
  ...[
    'objectClass',
    'uid',
    'cn',
    'sn',
    'displayName',
    'sAMAccountName',
    'userPrincipalName',
    'mail',
    'mobile',
  ],
  ...['proxyAddresses', 'otherMobile', 'entryUUID', 'objectGUID', 'userPassword', 'unicodePwd', 'member'],
  // The other names of these (RFC 4519 2, RFC 4524 2, RFC 2798 9.1).
  ...[
    'userid',
    'commonName',
    'surname',
    'rfc822Mailbox',
    'mobileTelephoneNumber',
    'uniqueMember',
    'roleOccupant',
  ],
  ...[
    'givenName',
    'gn',
    'email',
    'emailAddress',
    'pkcs9email',
    'krbPrincipalName',
    'authPassword',
    'userCertificate',
  ],
  ...['memberOf', 'memberUid', 'servicePrincipalName', 'altSecurityIdentities', 'sshPublicKey'],
].map((name) => name.toLowerCase());

function isInUse({ device_attribute: attribute, ...fields }: SourceFields): boolean {
  const name = attribute.toLowerCase().split(';')[0] ?? '';
  const others = Object.keys(noAttributes) as (keyof typeof noAttributes)[];
  // An OID is another name of an attribute that may be one of these (RFC 4512 2.5).
  if (/^\d/.test(name)) return true;
  return (
    name !== '' && (ofPeople.includes(name) || others.some((other) => fields[other].toLowerCase() === name))
  );
}

/** @throws Problem invalid_request */
export function refuseUnusable(fields: SourceFields): void {
  const faults: FieldError[] = [];
  const fault: Fault = (field, message) => void faults.push({ field, message });
  for (const host of fields.hosts)
    if (readHost(host, fields.transport) === undefined)
      fault('hosts', `must have ports from 1 to 65535, unlike ${host}`);
  rules[fields.kind](fields, fault);
  for (const [name, value] of Object.entries(unused[fields.kind]))
    if (!isDeepStrictEqual(fields[name as keyof SourceFields], value))
      fault(name as keyof SourceFields, 'belongs to another kind of user source');
  if (faults.length > 0) throw new Problem('invalid_request', undefined, faults);
}
