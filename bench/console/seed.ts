// A large installation, written straight into the database: 100,000 users with devices and teams, a million logins over 90 days, a
// million audit events. Copies of rows that the product itself made, whatever their columns are.
import type { Countersign } from '../stacks/countersign.ts';
import { type RawDatabase, rawDatabaseOf } from '../stacks/many-users.ts';

export interface Size {
  readonly users: number;
  readonly logins: number;
  readonly events: number;
}

export const fullSize: Size = { users: 100_000, logins: 1_000_000, events: 1_000_000 };

export interface Seeded {
  readonly bigApplication: string;
  readonly smallApplication: string;
  readonly userId: string;
  readonly loginId: string;
  /** Of the administration's events. */
  readonly actorId: string;
}

const dayMs = 86_400_000;
const history = 90 * dayMs;

const firstNames = [
  'Anna',
  'Bernd',
  'Carla',
  'Dieter',
  'Élodie',
  'Farid',
  'Grete',
  'Hans',
  'Ines',
  'Jörg',
  'Klara',
  'Luis',
  'Maria',
  'Nils',
  'Olga',
  'Peter',
  'Quentin',
  'Rosa',
  'Stefan',
  'Tina',
  'Uwe',
  'Vera',
  'Walid',
];
const lastNames = [
  'Albrecht',
  'Bauer',
  'Çelik',
  'Dubois',
  'Engel',
  'Fischer',
  'Garcia',
  'Huber',
  'Ivanov',
  'Jansen',
  'Keller',
  'Lehmann',
  'Müller',
  'Nowak',
  'Öztürk',
  'Petrov',
  'Quast',
  'Richter',
  'Schmidt',
];

const pick = (index: string, values: readonly string[]): string =>
  `(case ${index} ${values.map((value, n) => `when ${n} then '${value}'`).join(' ')} end)`;

/** What the two dialects write differently. */
interface Words {
  readonly hex: (number: string) => string;
  readonly digits: (number: string, width: number) => string;
}

const sqliteWords: Words = {
  hex: (number) => `printf('%012x', ${number})`,
  digits: (number, width) => `printf('%0${width}d', ${number})`,
};
const postgresWords: Words = {
  hex: (number) => `lpad(to_hex((${number})::bigint), 12, '0')`,
  digits: (number, width) => `lpad((${number})::text, ${width}, '0')`,
};

/** An id that was made at a time (UUIDv7), with a number at its end. */
const idAt = ({ hex, digits }: Words, prefix: string, at: string, number: string): string =>
  `'${prefix}_' || substr(${hex(at)}, 1, 8) || '-' || substr(${hex(at)}, 9, 4) || '-7000-8000-' || ${digits(number, 12)}`;

interface Copy {
  readonly table: string;
  readonly n: number;
  readonly where: string;
  readonly computed: Readonly<Record<string, string>>;
}

async function copyRows(db: RawDatabase, { table, n, where, computed }: Copy): Promise<void> {
  const columns = await db.columnsOf(table);
  // One row of the table, taken out first, so that what is written is not read again.
  const values = columns.map((column) => computed[column] ?? `r.${column}`);
  await db.run(`insert into ${table} (${columns.join(', ')}) ${db.numbers(n)}
    select ${values.join(', ')} from (select * from ${table} where ${where} limit 1) r, numbers;`);
}

/** To be called while the server is stopped. @param now epoch milliseconds */
export async function seed(server: Countersign, made: Made, size: Size, now: number): Promise<Seeded> {
  const words = server.installation.env['DATABASE_URL'] === undefined ? sqliteWords : postgresWords;
  const db = rawDatabaseOf(server);
  const plan = { db, words, made, size, now };
  await seedUsers(plan);
  await seedDevices(plan);
  const loginId = await seedLogins(plan);
  await seedEvents(plan);
  // PostgreSQL does so by itself soon after; SQLite never does, nor does the product.
  if (words === postgresWords) await db.run('vacuum analyze;');
  const userId = await db.value(`select min(id) as v from users where username like 'maria.%77'`);
  return { ...made, userId, loginId, actorId: made.apiClientId };
}

/** What was made through the product, to be copied. */
export interface Made {
  readonly bigApplication: string;
  readonly smallApplication: string;
  readonly apiClientId: string;
  readonly radiusClientId: string;
}

interface Plan {
  readonly db: RawDatabase;
  readonly words: Words;
  readonly made: Made;
  readonly size: Size;
  readonly now: number;
}

const usersSince = ({ now }: Plan): number => now - 400 * dayMs;

const userIdOf = (plan: Plan, number: string): string =>
  idAt(plan.words, 'usr', `${usersSince(plan)} + (${number}) * 100000`, number);

/** One in a hundred belongs to the small application. */
const applicationOf = ({ made }: Plan, number: string): string =>
  `(case when (${number}) % 100 = 0 then '${made.smallApplication}' else '${made.bigApplication}' end)`;

const usernameOf = ({ words }: Plan, number: string): string =>
  `lower(${pick(`(${number}) % ${firstNames.length}`, ['anna', 'bernd', 'carla', 'dieter', 'elodie', 'farid', 'grete', 'hans', 'ines', 'joerg', 'klara', 'luis', 'maria', 'nils', 'olga', 'peter', 'quentin', 'rosa', 'stefan', 'tina', 'uwe', 'vera', 'walid'])}) || '.' || ${words.digits(number, 6)}`;

/** SQLite knows no small letter of `É`. */
const inSmallLetters = (names: string): string => names.replaceAll(/'[^']*'/g, (name) => name.toLowerCase());

async function seedUsers(plan: Plan): Promise<void> {
  const { db, size, now } = plan;
  const fullName = `case when i % 10 = 0 then '' else ${pick(`i % ${firstNames.length}`, firstNames)} || ' ' || ${pick(`i % ${lastNames.length}`, lastNames)} end`;
  const email = `case when i % 7 = 0 then '' else ${usernameOf(plan, 'i')} || '@example.com' end`;
  await copyRows(db, {
    table: 'users',
    n: size.users,
    where: `username = 'template'`,
    computed: {
      id: userIdOf(plan, 'i'),
      application_id: applicationOf(plan, 'i'),
      username: usernameOf(plan, 'i'),
      username_key: usernameOf(plan, 'i'),
      full_name: fullName,
      email,
      search_key: `${usernameOf(plan, 'i')} || '\n' || ${inSmallLetters(fullName)} || '\n' || ${email}`,
      enabled: 'case when i % 40 = 0 then 0 else 1 end',
      held_by_request_id: `case when i % 20000 = 1 then 'req_any' end`,
      last_authenticated_at: `case when i % 3 = 0 then null else ${now} - ((i * 7919) % 200000) * 86400 end`,
      last_onboarded_at: `case when i % 5 = 0 then null else ${now} end`,
      created_at: `${usersSince(plan)} + i * 100000`,
      updated_at: `${usersSince(plan)} + i * 100000`,
    },
  });
  await db.run(`insert into teams (id, application_id, name, name_key) ${db.numbers(50)}
    select 'tem_bench' || i, '${plan.made.bigApplication}', 'Team ' || i, 'team ' || i from numbers;`);
  await db.run(`insert into team_members (team_id, user_id) ${db.numbers(size.users)}
    select 'tem_bench' || (1 + i % 50), ${userIdOf(plan, 'i')} from numbers;`);
}

/** Four in five have one. */
async function seedDevices(plan: Plan): Promise<void> {
  const { db, size, words, now } = plan;
  const id = idAt(words, 'dev', `${now - history} + i * 60000`, 'i');
  await db.run(`insert into devices (id, user_id, name, platform, app_version, key_thumbprint, signing_key, encryption_key,
      certificate_serial, created_at, last_seen_at, revoked_at) ${db.numbers(size.users)}
    select ${id}, ${userIdOf(plan, 'i')}, 'Phone', 'Android', '1.0', 'thumbprint ' || i, '{"kty":"EC"}', '{"kty":"EC"}',
      'serial ' || i, ${now - history} + i * 60000, null, case when i % 50 = 1 then 1 end
    from numbers where i % 5 <> 0;`);
  await db.run(`insert into certificates (serial, authority_id, device_id, pem, not_before, not_after, revoked_at, revocation_reason)
    ${db.numbers(size.users)} select 'serial ' || i, 'ca', ${id}, '', 0, ${now + history}, null, null from numbers where i % 5 <> 0;`);
}

async function seedLogins(plan: Plan): Promise<string> {
  const { db, size, words, now, made } = plan;
  const at = `(${now} - cast((${size.logins} - i) as bigint) * ${Math.floor(history / size.logins)})`;
  const user = `(1 + (cast(i as bigint) * 7919) % ${size.users})`;
  const id = idAt(words, 'req', at, 'i');
  const unknown = 'i % 33 = 0';
  const steps = `'${['received', 'request_sent', 'approved'].map((code) => `[1790000000000,"${code}",{"devices":1,"seconds":60,"device":"Phone"}]\n`).join('')}'`;
  await db.run(`insert into auth_requests (id, application_id, user_id, username, status, reason, door, door_id, client_name,
      client_address, created_at, expires_at, decided_at, updated_at, steps) ${db.numbers(size.logins)}
    select ${id}, ${applicationOf(plan, user)}, case when ${unknown} then null else ${userIdOf(plan, user)} end,
      case when ${unknown} then 'stranger' || (i % 5000) else ${usernameOf(plan, user)} end,
      case when ${unknown} or i % 20 = 1 then 'denied' when i % 25 = 2 then 'expired' when i % 1000 = 3 then 'cancelled' else 'approved' end,
      case when ${unknown} then 'unknown_user' when i % 20 = 1 then 'denied_by_user' when i % 25 = 2 then 'expired' when i % 1000 = 3 then 'cancelled' end,
      'radius', '${made.radiusClientId}', 'gateway', '198.51.100.' || (i % 250), ${at}, ${at} + 60000, ${at} + 5000, ${at} + 5000, ${steps}
    from numbers;`);
  return db.value(`select max(id) as v from auth_requests where status = 'approved'`);
}

/** Two of each login's events; one in fifty is of administration. */
async function seedEvents(plan: Plan): Promise<void> {
  const { db, size, words, now, made } = plan;
  const at = `(${now} - cast((${size.events} - i) as bigint) * ${Math.floor(history / size.events)})`;
  const login = idAt(words, 'req', at, 'i');
  const user = userIdOf(plan, `(1 + i % ${size.users})`);
  const administers = 'i % 50 = 0';
  await db.run(`insert into audit_events (chain, sequence, id, at, event, actor_kind, actor_id, application_id, subject_id, data, hash)
    ${db.numbers(size.events)} select 'bench', i, ${idAt(words, 'evt', at, 'i')}, ${at},
      case when ${administers} then ${pick('(i / 50) % 4', ['user.created', 'user.changed', 'device.onboarded', 'device.revoked'])}
        when i % 2 = 0 then 'auth_request.approved' when i % 30 = 1 then 'auth_request.denied' else 'auth_request.created' end,
      case when ${administers} then 'api_client' else 'radius_client' end,
      case when ${administers} then '${made.apiClientId}' else '${made.radiusClientId}' end,
      '${made.bigApplication}', case when ${administers} then ${user} else ${login} end, '{"door":"radius"}', 'hash ' || i
    from numbers;`);
  await db.run(
    `insert into audit_heads (chain, sequence, hash, mac) values ('bench', ${size.events}, 'hash ${size.events}', 'none');`,
  );
}
