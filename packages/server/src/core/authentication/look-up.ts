// What a login needs to know before anything is decided: the application, the user it names, and how the user stands. One look-up.
import { isDisplayable, nameKey } from '@countersign/contract/text.ts';
import { mayApprove } from '#core/devices/cool-down.ts';
import { asksMembers } from '#core/users/team.ts';
import type { Db } from '#db/db.ts';
import type { Find } from '#db/row-statement.ts';
import type { Flag } from '#db/flag.ts';
import type { SecondFactor, UserVerification } from '#db/application-tables.ts';
import type { Clock } from '#platform/clock.ts';

export interface KnownApplication {
  readonly id: string;
  readonly name: string;
  readonly accessId: string;
  readonly requestSeconds: number;
  readonly secondFactor: SecondFactor;
  readonly verifiesUsers: boolean;
  readonly enabled: boolean;
  /** Whether logins are decided at all. */
  readonly authorises: boolean;
}

export interface KnownUser {
  readonly id: string;
  readonly username: string;
  readonly passwordHash: string | null;
  readonly enabled: boolean;
  readonly held: boolean;
  /** Epoch milliseconds; null when the user may be asked. */
  readonly leftAloneUntil: number | null;
  readonly lastAuthenticatedAt: number | null;
  readonly requestsOpened: number;
  /** Those that may approve. */
  readonly devices: number;
  /** Those that are too new to. */
  readonly coolingDevices: number;
  /** How many of them are woken by push. */
  readonly pushes: number;
  /** How many of them can verify the user; 0 where the application does not want it. */
  readonly verifiers: number;
  readonly openRequests: number;
  /** A team of the user's whose members are asked; null: in none, or the application does not ask by team. */
  readonly askedForTeam: string | null;
}

export interface Known {
  readonly application: KnownApplication;
  readonly user: KnownUser | undefined;
}

type FoundRow = {
  readonly application_name: string;
  readonly access_id: string;
  readonly request_seconds: number;
  readonly second_factor: SecondFactor;
  readonly user_verification: UserVerification;
  readonly application_enabled: Flag;
  readonly authorisation: 'open' | 'closed';
  readonly user_id: string | null;
  readonly username: string | null;
  readonly password_hash: string | null;
  readonly user_enabled: Flag | null;
  readonly held_by_request_id: string | null;
  readonly left_alone_until: number | null;
  readonly last_authenticated_at: number | null;
  readonly requests_opened: number | null;
  readonly devices: number;
  readonly cooling_devices: number;
  readonly pushes: number;
  readonly verifiers: number;
  readonly open_requests: number;
  readonly asked_for_team: string | null;
};

const loginFacts: Find<{ application_id: string; username_key: string | null; now: number }, FoundRow> = {
  parameters: { application_id: 'text', username_key: 'text', now: 'bigint' },
  select: `applications.name as application_name, applications.access_id, applications.request_seconds,
    applications.second_factor, applications.user_verification, applications.enabled as application_enabled,
    applications.authorisation, users.id as user_id, users.username,
    users.password_hash, users.enabled as user_enabled, users.held_by_request_id, users.left_alone_until,
    users.last_authenticated_at, users.requests_opened,
    (select count(*) from devices where devices.user_id = users.id and devices.revoked_at is null
      and ${mayApprove}) as devices,
    (select count(*) from devices where devices.user_id = users.id and devices.revoked_at is null
      and devices.approves_from > :now) as cooling_devices,
    (select count(*) from devices join push_subscriptions on push_subscriptions.device_id = devices.id
      where devices.user_id = users.id and devices.revoked_at is null and ${mayApprove}
        and push_subscriptions.proved_at is not null) as pushes,
    case when applications.user_verification = 'required' then (select count(*) from devices
      join verification_credentials on verification_credentials.device_id = devices.id
      where devices.user_id = users.id and devices.revoked_at is null and ${mayApprove}) else 0 end as verifiers,
    (select count(*) from challenges where challenges.user_id = users.id and challenges.status = 'pending'
      and challenges.expires_at > :now) as open_requests,
    case when applications.second_factor = 'by_team' then (select min(teams.name) from team_members
      join teams on teams.id = team_members.team_id
      where team_members.user_id = users.id and ${asksMembers}) end as asked_for_team`,
  from: `applications left join users
    on users.application_id = applications.id and users.username_key = :username_key`,
  where: 'applications.id = :application_id',
};

/** @param login user name as typed: letter case, Unicode form and outer white space do not count. @returns undefined: no such application */
export async function lookUp(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { applicationId, username }: { readonly applicationId: string; readonly username: string },
): Promise<Known | undefined> {
  const row = await db.find(loginFacts, {
    application_id: applicationId,
    // No user can have such a name, and PostgreSQL refuses U+0000 in any text.
    username_key: isDisplayable(username) ? nameKey(username) : null,
    now: clock.now(),
  });
  if (!row) return undefined;
  const application = {
    id: applicationId,
    name: row.application_name,
    accessId: row.access_id,
    requestSeconds: row.request_seconds,
    secondFactor: row.second_factor,
    verifiesUsers: row.user_verification === 'required',
    enabled: row.application_enabled === 1,
    authorises: row.authorisation === 'open',
  };
  return { application, user: toUser(row) };
}

function toUser(row: FoundRow): KnownUser | undefined {
  if (row.user_id === null || row.username === null) return undefined;
  return {
    id: row.user_id,
    username: row.username,
    passwordHash: row.password_hash,
    enabled: row.user_enabled === 1,
    held: row.held_by_request_id !== null,
    leftAloneUntil: row.left_alone_until,
    lastAuthenticatedAt: row.last_authenticated_at,
    requestsOpened: row.requests_opened ?? 0,
    devices: row.devices,
    coolingDevices: row.cooling_devices,
    pushes: row.pushes,
    verifiers: row.verifiers,
    openRequests: row.open_requests,
    askedForTeam: row.asked_for_team,
  };
}
