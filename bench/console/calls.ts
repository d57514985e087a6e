// Every list page and search that the console asks for, by the names under which the figures stand.
import type { Seeded } from './seed.ts';

export interface Call {
  readonly name: string;
  readonly path: string;
  /** How many pages behind the first one; what is measured is that page. */
  readonly pagesOn?: number;
  /** Answers of a moment ago are given again: asked for so seldom that each is new. */
  readonly remembered?: true;
}

const calls = (group: string, path: string, queries: Readonly<Record<string, string>>): readonly Call[] =>
  Object.entries(queries).map(([name, query]) => ({ name: `${group}: ${name}`, path: `${path}?${query}` }));

const encode = encodeURIComponent;

const dayMs = 86_400_000;

const inApplication = (id: string): string => `application_id=${id}`;

/** A day in the middle of the history. */
const someDay = (now: number): string => `from=${now - 40 * dayMs}&until=${now - 39 * dayMs}`;

export const callsOf = (seeded: Seeded, now: number): readonly Call[] => [
  ...userCalls(seeded),
  ...activityCalls(seeded, someDay(now)),
  ...auditCalls(seeded, someDay(now)),
  ...otherCalls(seeded),
];

function userCalls({ bigApplication, smallApplication, userId }: Seeded): readonly Call[] {
  const [big, small] = [inApplication(bigApplication), inApplication(smallApplication)];
  return [
    ...calls('users', '/v1/users', {
      'by name': '',
      'by name, an application': big,
      'by full name': 'sort=full_name',
      'by full name, descending': 'sort=full_name&order=desc',
      'by full name, an application': `sort=full_name&${big}`,
      'by full name, a small application': `sort=full_name&${small}`,
      'by last login': 'sort=last_authenticated_at&order=desc',
      'by last login, an application': `sort=last_authenticated_at&order=desc&${big}`,
      'longest without login': 'sort=last_authenticated_at&order=asc',
      newest: 'sort=created_at&order=desc',
      '200 at once': 'limit=200',
      disabled: 'enabled=false',
      onboarded: 'onboarded=true',
      'not onboarded': 'onboarded=false',
      'not onboarded, an application, newest': `onboarded=false&${big}&sort=created_at&order=desc`,
      held: 'held=true',
      'search, many': 'search=maria',
      'search, some': 'search=4711',
      'search, one': 'search=maria.077775',
      'search, none': 'search=nobodyiscalledso',
      'search, umlaut': `search=${encode('öztürk')}`,
      'search, in an application, by last login': `search=huber&${big}&sort=last_authenticated_at&order=desc`,
      'search, disabled': 'search=maria&enabled=false',
    }),
    { name: 'users: the third page by full name', path: '/v1/users?sort=full_name&limit=200', pagesOn: 2 },
    { name: 'users: the hundredth page by name', path: '/v1/users?limit=200', pagesOn: 99 },
    { name: 'user', path: `/v1/users/${userId}` },
    { name: 'user: devices', path: `/v1/devices?user_id=${userId}` },
    { name: 'user: links', path: `/v1/onboarding-links?user_id=${userId}` },
  ];
}

function activityCalls(
  { bigApplication, smallApplication, userId, loginId }: Seeded,
  day: string,
): readonly Call[] {
  const [big, small] = [inApplication(bigApplication), inApplication(smallApplication)];
  return [
    ...calls('activity', '/v1/activity', {
      newest: '',
      'of a user': `user_id=${userId}`,
      'of a user, denied': `user_id=${userId}&status=denied`,
      'of an application': big,
      'of a small application': small,
      denied: 'status=denied',
      cancelled: 'status=cancelled',
      pending: 'status=pending',
      'of an application, cancelled': `${big}&status=cancelled`,
      'of a small application, cancelled': `${small}&status=cancelled`,
      'by name, many': 'username=maria',
      'by name, one': 'username=maria.077775',
      'by name, unknown': 'username=stranger4711',
      'by name, none': 'username=nobodyiscalledso',
      'by name, an application': `username=maria.0777&${big}`,
      'of a day': day,
      'of a day, expired': `${day}&status=expired`,
      'of a day, an application': `${day}&${big}`,
    }),
    { name: 'activity: the twentieth page', path: '/v1/activity?limit=200', pagesOn: 19 },
    { name: 'activity: one with its steps', path: `/v1/activity/${loginId}` },
  ];
}

const auditCalls = ({ userId, loginId, actorId }: Seeded, day: string): readonly Call[] => [
  ...calls('audit', '/v1/audit-events', {
    newest: '',
    'user.created': 'event=user.created',
    'user.': 'event=user.',
    'a login denied': 'event=auth_request.denied',
    'by who did it': `actor_id=${actorId}`,
    'by who did it and what': `actor_id=${actorId}&event=device.revoked`,
    'by an actor that there is not': 'actor_id=adm_none',
    'of a user': `subject_id=${userId}`,
    'of a login': `subject_id=${loginId}`,
    'of a day': day,
    'of a day, devices': `${day}&event=device.`,
  }),
];

const otherCalls = ({ bigApplication }: Seeded): readonly Call[] => [
  { name: 'devices', path: '/v1/devices' },
  { name: 'applications', path: '/v1/applications' },
  { name: 'RADIUS clients', path: '/v1/radius-clients' },
  { name: 'API clients', path: '/v1/api-clients' },
  { name: 'overview', path: '/v1/overview', remembered: true },
  { name: 'logins of a day', path: '/v1/overview/logins?hours=24', remembered: true },
  { name: 'logins of a week', path: '/v1/overview/logins?hours=168', remembered: true },
  { name: 'logins of a month', path: '/v1/overview/logins?hours=720', remembered: true },
  {
    name: 'logins of a month, an application',
    path: `/v1/overview/logins?hours=720&${inApplication(bigApplication)}`,
    remembered: true,
  },
  { name: 'notices', path: '/v1/notices', remembered: true },
];
