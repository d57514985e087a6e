// Lets a login in by the first factor alone, where the application asks for no second one, or not this user. It is written down first, as
// every login is.
import type { StepEntry } from '#core/audit/steps.ts';
import { asksMembers } from '#core/users/team.ts';
import { checkOf, updateOf, type Written } from '#db/row-statement.ts';
import { actorOf, endedRow, insertEndedRow } from './auth-request-row.ts';
import type { KnownUser } from './look-up.ts';
import type { OpenDeps, Question } from './open-auth-request.ts';
import { type Accepted, endOf, type Rejected } from './outcome.ts';

/** How exactly it is known when a user last logged in, in milliseconds. */
const lastSeenMs = 60_000;

const mayEnter = checkOf<{ user_id: string; application_id: string }>({
  parameters: { user_id: 'text', application_id: 'text' },
  from: 'users, applications',
  where: `users.id = :user_id and users.enabled = 1 and users.held_by_request_id is null
    and applications.id = :application_id and applications.enabled = 1
    and applications.authorisation = 'open'
    and case applications.second_factor when 'none' then 1 when 'by_team' then
      case when exists (select 1 from team_members join teams on teams.id = team_members.team_id
        where team_members.user_id = users.id and ${asksMembers}) then 0 else 1 end
      else 0 end = 1`,
});

const touchUser = updateOf<{ id: string; now: number }>({
  table: 'users',
  parameters: { id: 'text', now: 'bigint' },
  set: 'last_authenticated_at = :now',
  where: 'users.id = :id',
  required: false,
});

/** @returns undefined when user or application changed meanwhile: look again. @throws Unavailable */
export async function admit(
  deps: OpenDeps,
  { login, application, user, trail, doorData }: Question,
): Promise<Accepted | Rejected | undefined> {
  const admitted: StepEntry = {
    code: application.secondFactor === 'by_team' ? 'no_team_asks' : 'no_second_factor',
  };
  const row = endedRow(deps, login, {
    userId: user.id,
    trail: [...trail, admitted],
    status: 'approved',
    reason: null,
  });
  const written = await deps.journal.write(
    [
      mayEnter({ user_id: user.id, application_id: application.id }),
      insertEndedRow(row),
      ...seen(user, row.created_at),
    ],
    {
      event: 'auth_request.approved',
      actor: actorOf(login),
      applicationId: application.id,
      subjectId: row.id,
      data: { reason: null, user_id: user.id, second_factor: 'none', door: login.door.kind },
    },
  );
  if (!written) return undefined;
  const { id, reason, expires_at } = row;
  const entered = { user_id: user.id, user_enabled: 1, application_enabled: 1, authorises: 1 } as const;
  return endOf({ id, status: 'approved', reason, expires_at, ...entered }, () => doorData);
}

const seen = ({ id, lastAuthenticatedAt }: KnownUser, now: number): readonly Written[] =>
  now - (lastAuthenticatedAt ?? 0) < lastSeenMs ? [] : [touchUser({ id, now })];
