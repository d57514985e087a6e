// What the OpenLDAP peer is made of: its configuration and its entries as LDIF.

export interface SlapdSettings {
  readonly directory: string;
  readonly base: string;
  readonly rootPassword: string;
  /** DN of the account that may read everybody. */
  readonly account: string;
}

export const slapdConfiguration = ({ directory, base, rootPassword, account }: SlapdSettings): string =>
  `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile ${directory}/slapd.run
argsfile ${directory}/slapd.args
loglevel none
sizelimit 500
TLSCACertificateFile ${directory}/ca.pem
TLSCertificateFile ${directory}/server.pem
TLSCertificateKeyFile ${directory}/server.key
database mdb
suffix "${base}"
rootdn "cn=admin,${base}"
rootpw ${rootPassword}
directory ${directory}/db
maxsize 1073741824
dbnosync
limits dn.exact="${account}" size.soft=500 size.hard=500 size.prtotal=unlimited
index objectClass,uid,cn,mail,member,uniqueMember,memberUid,memberOf eq
overlay memberof
overlay ppolicy
ppolicy_default "cn=default,ou=policies,${base}"
ppolicy_use_lockout
access to attrs=userPassword by self write by anonymous auth by * none
access to attrs=description by dn.exact="${account}" write by * none
access to * by self read by dn.exact="${account}" read by anonymous none
`;

interface Entry {
  readonly dn: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** RFC 2849: what is not plain ASCII goes as base64. */
function ldifOf({ dn, attributes }: Entry): string {
  const line = (name: string, value: string): string =>
    /^(?![ :<])[\x20-\x7e]*(?<! )$/.test(value)
      ? `${name}: ${value}`
      : `${name}:: ${Buffer.from(value).toString('base64')}`;
  return `${[line('dn', dn), ...attributes.map(([name, value]) => line(name, value))].join('\n')}\n\n`;
}

const unit = (base: string, name: string): Entry => ({
  dn: `ou=${name},${base}`,
  attributes: [
    ['objectClass', 'organizationalUnit'],
    ['ou', name],
  ],
});

const policy = (base: string, name: string, more: Entry['attributes']): Entry => ({
  dn: `cn=${name},ou=policies,${base}`,
  attributes: [
    ['objectClass', 'device'],
    ['objectClass', 'pwdPolicy'],
    ['cn', name],
    ['pwdAttribute', 'userPassword'],
    ...more,
  ],
});

interface Person {
  readonly uid: string;
  readonly name: string;
  readonly password: string;
  readonly more?: Entry['attributes'];
}

const person = (base: string, { uid, name, password, more = [] }: Person): Entry => ({
  dn: `uid=${uid},ou=people,${base}`,
  attributes: [
    ['objectClass', 'inetOrgPerson'],
    ['uid', uid],
    ['cn', name],
    ['sn', name.split(' ').at(-1) ?? name],
    ['mail', `${uid}@example.test`],
    ['userPassword', password],
    ...more,
  ],
});

/** Everything but the groups. */
export function firstEntries(
  base: string,
  { account, password }: { account: { dn: string; password: string }; password: string },
): string {
  const usual = (uid: string, name: string, more: Entry['attributes'] = []): Entry =>
    person(base, { uid, name, password, more });
  const entries: readonly Entry[] = [
    {
      dn: base,
      attributes: [
        ['objectClass', 'dcObject'],
        ['objectClass', 'organization'],
        ['o', 'Example'],
        ['dc', 'example'],
      ],
    },
    ...['people', 'groups', 'services', 'policies', 'twins'].map((name) => unit(base, name)),
    policy(base, 'default', [
      ['pwdLockout', 'TRUE'],
      ['pwdMaxFailure', '5'],
      ['pwdMustChange', 'TRUE'],
    ]),
    policy(base, 'expired', [['pwdMaxAge', '1']]),
    {
      dn: account.dn,
      attributes: [
        ['objectClass', 'organizationalRole'],
        ['objectClass', 'simpleSecurityObject'],
        ['cn', 'svc-bind'],
        ['userPassword', account.password],
      ],
    },
    usual('alice', 'Alice Adams', [['mobile', '+491701234501']]),
    usual('bob', 'Bob Baker', [['mobile', '+491701234502']]),
    usual('carol', 'Carol Clark'),
    person(base, { uid: 'josé', name: 'José Núñez', password: 'Contraseña-ñ9!' }),
    // slapadd sets no pwdChangedTime, and without it nothing expires.
    usual('expired', 'Ex Pired', [
      ['pwdPolicySubentry', `cn=expired,ou=policies,${base}`],
      ['pwdChangedTime', '20200101000000Z'],
    ]),
    usual('disabled', 'Dis Abled', [['pwdAccountLockedTime', '000001010000Z']]),
    usual('mustchange', 'Must Change', [['pwdReset', 'TRUE']]),
    usual('twin', 'First Twin'),
    { ...usual('twin', 'Second Twin'), dn: `uid=twin,ou=twins,${base}` },
    usual('o(dd)*name', 'Odd Name'),
    {
      dn: `ou=elsewhere,ou=people,${base}`,
      attributes: [
        ['objectClass', 'referral'],
        ['objectClass', 'extensibleObject'],
        ['ou', 'elsewhere'],
        ['ref', `ldap://evil.example/ou=people,${base}`],
      ],
    },
  ];
  return entries.map(ldifOf).join('');
}

/** A group in a group in a group, one that goes round in a circle, one whose DN needs escaping, and one that lists names. */
export function groupEntries(base: string): string {
  const group = (name: string, cn: string, members: readonly string[]): Entry => ({
    dn: `cn=${name},ou=groups,${base}`,
    attributes: [
      ['objectClass', 'groupOfNames'],
      ['cn', cn],
      ...members.map((member) => ['member', member] as const),
    ],
  });
  const user = (uid: string): string => `uid=${uid},ou=people,${base}`;
  const inGroups = (name: string): string => `cn=${name},ou=groups,${base}`;
  const entries: readonly Entry[] = [
    group('engineers', 'engineers', [user('alice'), user('josé')]),
    group('vpn-users', 'vpn-users', [inGroups('engineers'), user('bob'), inGroups('circle')]),
    group('circle', 'circle', [inGroups('vpn-users')]),
    group('employees', 'employees', [inGroups('vpn-users'), user('mustchange'), user('expired')]),
    group('Dept (R&D)\\, \\\\ \\"x\\" \\#1 *', 'Dept (R&D), \\ "x" #1 *', [user('alice')]),
    {
      dn: `cn=staff,ou=groups,${base}`,
      attributes: [
        ['objectClass', 'posixGroup'],
        ['cn', 'staff'],
        ['gidNumber', '10000'],
        ['memberUid', 'carol'],
      ],
    },
  ];
  return entries.map(ldifOf).join('');
}

/** In pieces, so that a large one is never in memory as a whole. */
export function* crowdOf(base: string, count: number): Generator<string> {
  for (let n = 1; n <= count; n += 1)
    yield ldifOf(
      person(base, {
        uid: `u${n}`,
        name: `Load User ${n}`,
        password: 'none',
        more: [['mobile', `+4915${String(n).padStart(8, '0')}`]],
      }),
    );
}
