// Notices about one application and what belongs to it: its users, its RADIUS clients, and how open it stands.
import { type SqlBool, sql } from 'kysely';
import { asksMembers } from '#core/users/team.ts';
import type { Read } from '#db/db.ts';
import type { NoticeSource, NoticeSubject } from './notice-source.ts';

const named = (rows: readonly { readonly id: string; readonly name: string }[]): readonly NoticeSubject[] =>
  rows.map(({ id, name }) => ({ id, name, since: null }));

const enabledClients = (read: Read, visible: string | null, limit: number) => {
  const rows = read
    .selectFrom('radius_clients')
    .select(['id', 'name'])
    .where('enabled', '=', 1)
    .orderBy('name_key')
    .limit(limit);
  return visible === null ? rows : rows.where('application_id', '=', visible);
};

const enabledApplications = (read: Read, visible: string | null, limit: number) => {
  const rows = read
    .selectFrom('applications')
    .select(['id', 'name'])
    .where('enabled', '=', 1)
    .orderBy('name_key')
    .limit(limit);
  return visible === null ? rows : rows.where('id', '=', visible);
};

export const userReported: NoticeSource = {
  subject: 'user',
  perApplication: true,
  async find({ read }, visible, limit) {
    let rows = read
      .selectFrom('users')
      .leftJoin('auth_requests', 'auth_requests.id', 'users.held_by_request_id')
      .select(['users.id', 'users.username as name', 'auth_requests.decided_at as since'])
      .where('users.held_by_request_id', 'is not', null)
      .orderBy('users.id')
      .limit(limit);
    if (visible !== null) rows = rows.where('users.application_id', '=', visible);
    return rows.execute();
  },
};

/** The subject is the application: its page of sources says why. */
export const userSourceSilent: NoticeSource = {
  subject: 'application',
  perApplication: true,
  async find({ read, silences }, visible, limit) {
    const silent = silences.all();
    if (silent.length === 0) return [];
    let rows = read
      .selectFrom('user_sources')
      .select(['id', 'revision', 'name', 'application_id'])
      .where('enabled', '=', 1)
      .where(
        'id',
        'in',
        silent.map(({ id }) => id),
      )
      .orderBy('id');
    if (visible !== null) rows = rows.where('application_id', '=', visible);
    const found = (await rows.execute()).flatMap((row) => {
      const silence = silences.of(row);
      return silence ? { name: row.name, id: row.application_id, since: silence.since } : [];
    });
    return found.slice(0, limit);
  },
};

export const messageAuthenticatorMissing: NoticeSource = {
  subject: 'radius_client',
  perApplication: true,
  find: async ({ read }, visible, limit) =>
    named(
      await enabledClients(read, visible, limit).where('message_authenticator', '<>', 'require').execute(),
    ),
};

export const relaying: NoticeSource = {
  subject: 'radius_client',
  perApplication: true,
  find: async ({ read }, visible, limit) =>
    named(await enabledClients(read, visible, limit).where('relay', '=', 1).execute()),
};

export const passwordAlone: NoticeSource = {
  subject: 'application',
  perApplication: true,
  find: async ({ read }, visible, limit) =>
    named(await enabledApplications(read, visible, limit).where('second_factor', '=', 'none').execute()),
};

/** Asks by team, and no team asks. */
export const noTeamAsks: NoticeSource = {
  subject: 'application',
  perApplication: true,
  find: async ({ read }, visible, limit) =>
    named(
      await enabledApplications(read, visible, limit)
        .where('second_factor', '=', 'by_team')
        .where(
          sql<SqlBool>`not exists (select 1 from teams where teams.application_id = applications.id and ${sql.raw(asksMembers)})`,
        )
        .execute(),
    ),
};

export const authorisationClosed: NoticeSource = {
  subject: 'application',
  perApplication: true,
  find: async ({ read }, visible, limit) =>
    named(await enabledApplications(read, visible, limit).where('authorisation', '=', 'closed').execute()),
};

export const onboardingWaiting: NoticeSource = {
  subject: 'application',
  perApplication: true,
  async find({ read, clock }, visible, limit) {
    let rows = read
      .selectFrom('onboarding_processes as p')
      .innerJoin('applications as a', 'a.id', 'p.application_id')
      .select((e) => ['a.id', 'a.name', e.fn.min('p.updated_at').as('since')])
      .where('p.status', '=', 'open')
      .where('p.waits_for', '=', 'administrator')
      .where('p.expires_at', '>', clock.now())
      .groupBy(['a.id', 'a.name'])
      .orderBy('a.id')
      .limit(limit);
    if (visible !== null) rows = rows.where('a.id', '=', visible);
    return rows.execute();
  },
};

export const graceOpen: NoticeSource = {
  subject: 'application',
  perApplication: true,
  find: async ({ read }, visible, limit) =>
    named(
      await enabledApplications(read, visible, limit).where('unreachable_grace_seconds', '>', 0).execute(),
    ),
};
