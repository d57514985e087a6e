// The people and groups of the Samba peer, as LDIF for its administrator.

interface Domain {
  readonly name: string;
  readonly base: string;
  readonly password: string;
  readonly account: { readonly name: string; readonly password: string };
}

type Values = Readonly<Record<string, string | readonly string[]>>;

const usualAccount = 512;

/** RFC 2849: what is not plain ASCII goes as base64. */
function line(name: string, value: string): string {
  return /^(?![ :<])[\x20-\x7e]*(?<! )$/.test(value)
    ? `${name}: ${value}`
    : `${name}:: ${Buffer.from(value).toString('base64')}`;
}

function add(dn: string, values: Values): string {
  const lines = Object.entries(values).flatMap(([name, value]) =>
    [value].flat().map((each) => line(name, each)),
  );
  return [line('dn', dn), 'changetype: add', ...lines, '', ''].join('\n');
}

function replace(dn: string, values: Values): string {
  const lines = Object.entries(values).flatMap(([name, value]) => [
    `replace: ${name}`,
    ...[value].flat().map((each) => line(name, each)),
    '-',
  ]);
  return [line('dn', dn), 'changetype: modify', ...lines, '', ''].join('\n');
}

/** [MS-ADTS] 3.1.1.3.1.5: in quotes, as UTF-16. It is bytes, so LDIF has it as base64. */
const passwordLine = (password: string): string =>
  `unicodePwd:: ${Buffer.from(`"${password}"`, 'utf16le').toString('base64')}`;

interface Person {
  readonly account: string;
  readonly given: string;
  readonly surname: string;
  readonly values?: Values;
  readonly password?: string;
}

function person({ base, name, password: usual }: Domain, who: Person): string {
  const { account, given, surname, values = {}, password = usual } = who;
  const entry = add(`CN=${given} ${surname},OU=People,${base}`, {
    objectClass: ['top', 'person', 'organizationalPerson', 'user'],
    sAMAccountName: account,
    userPrincipalName: `${account}@${name}`,
    givenName: given,
    sn: surname,
    displayName: `${given} ${surname}`,
    mail: `${account}@example.test`,
    userAccountControl: String(usualAccount),
    ...values,
  });
  return entry.replace(/\n\n$/, `\n${passwordLine(password)}\n\n`);
}

const lockoutMs = 600_000;

/** FILETIME of a moment in 2020. */
const longAgo = '132223104000000000';

export function sambaPeople(domain: Domain): string {
  const { base, account } = domain;
  const people: readonly Person[] = [
    { account: account.name, given: 'Service', surname: 'Bind', password: account.password },
    {
      account: 'alice',
      given: 'Alice',
      surname: 'Adams',
      values: { mobile: '+491701234501', otherMobile: ['+491709999999'] },
    },
    {
      account: 'bob',
      given: 'Bob',
      surname: 'Baker',
      values: { userPrincipalName: 'bob@notakey_other.com', otherMobile: ['+491701234502'] },
    },
    {
      account: 'carol',
      given: 'Carol',
      surname: 'Clark',
      values: { userPrincipalName: 'carol@foreign.example' },
    },
    { account: 'jose', given: 'José', surname: 'Núñez', password: 'Contraseña-ñ9!' },
    { account: 'disabled', given: 'Dis', surname: 'Abled', values: { userAccountControl: '514' } },
    { account: 'expired', given: 'Ex', surname: 'Pired', values: { accountExpires: longAgo } },
    { account: 'mustchange', given: 'Must', surname: 'Change', values: { pwdLastSet: '0' } },
    { account: 'locked', given: 'Lock', surname: 'Ed' },
    { account: 'wkst', given: 'Work', surname: 'Station', values: { userWorkstations: 'NOSUCHPC' } },
    { account: 'hours', given: 'Log', surname: 'Onhours' },
    {
      account: 'smartcard',
      given: 'Smart',
      surname: 'Card',
      values: { userAccountControl: String(usualAccount | 0x40000) },
    },
    { account: 'pwdexpired', given: 'Pwd', surname: 'Expired' },
  ];
  return [
    add(`OU=People,${base}`, { objectClass: 'organizationalUnit' }),
    add(`OU=Groups,${base}`, { objectClass: 'organizationalUnit' }),
    replace(`CN=Partitions,CN=Configuration,${base}`, {
      uPNSuffixes: ['notakey_other.com', 'foreign.example'],
    }),
    replace(base, {
      lockoutThreshold: '3',
      lockoutDuration: String(lockoutMs * -10_000),
      lockOutObservationWindow: String(lockoutMs * -10_000),
    }),
    ...people.map((each) => person(domain, each)),
    // No hour of the week.
    `dn: CN=Log Onhours,OU=People,${base}\nchangetype: modify\nreplace: logonHours\nlogonHours:: ${Buffer.alloc(21).toString('base64')}\n-\n\n`,
    ...groups(domain),
  ].join('');
}

function groups({ base }: Domain): readonly string[] {
  const group = (name: string, account: string, members: readonly string[]): string =>
    add(`CN=${name},OU=Groups,${base}`, {
      objectClass: ['top', 'group'],
      sAMAccountName: account,
      ...(members.length > 0 && { member: members }),
    });
  const inPeople = (name: string): string => `CN=${name},OU=People,${base}`;
  const inGroups = (name: string): string => `CN=${name},OU=Groups,${base}`;
  const states = ['Dis Abled', 'Ex Pired', 'Must Change', 'Lock Ed', 'Pwd Expired', 'Smart Card'];
  return [
    group('Engineers', 'Engineers', [inPeople('Alice Adams'), inPeople('José Núñez')]),
    group('VPN Users', 'vpn-users', [inGroups('Engineers'), inPeople('Bob Baker')]),
    group('employees', 'employees', [inGroups('VPN Users'), ...states.map(inPeople)]),
    group('Dept (R&D)\\, \\\\ \\"x\\" \\#1 *', 'dept-rd', [inPeople('Alice Adams')]),
  ];
}
