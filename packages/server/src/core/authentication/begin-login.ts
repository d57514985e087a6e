// The first half of a login: everything up to the question on the phone. Reads as the list of what is checked, in order.
// Nobody's phone is bothered before the first factor has passed.
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { findApplication } from '#core/applications/find-application.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import type { FailureLimit, Guess, LoginFailures } from '#core/throttles/login-failures.ts';
import type { Throttle } from '#core/throttles/throttles.ts';
import { findUserByName } from '#core/users/find-user.ts';
import { lockUser } from '#core/users/user-store.ts';
import type { UserRow } from '#core/users/user.ts';
import type { Tx } from '#db/db.ts';
import type { Bus } from '#platform/bus.ts';
import { type Attempt, type AttemptDeps, startAttempt } from './attempt.ts';
import { closeExpiredOf } from './close-expired.ts';
import type { FirstFactorCheck, FirstFactorResult } from './first-factor.ts';
import type { Login } from './login.ts';
import { joinAuthRequest, type Opened, openAuthRequest } from './open-auth-request.ts';
import type { FirstFactorAsks, Rejected } from './outcome.ts';

export interface LoginThrottles {
  /** Wrong first factors; asked before one is checked. */
  readonly failures: LoginFailures;
  /** Per source address, where the door knows it: requests of third parties, who prove nothing themselves. */
  readonly source: Throttle;
  /** Logins whose first factor passed: a stranger cannot use them up. */
  readonly user: Throttle;
  /** Per RADIUS client or API client: none can use up what the application has for all. */
  readonly client: Throttle;
  readonly application: Throttle;
  /** Requests put to one user's phone. */
  readonly requests: Throttle;
  /** How many refusals that cost a sender nothing are written down, per application; the rest is only counted. */
  readonly recorded: Throttle;
}

export interface LoginDeps extends AttemptDeps {
  readonly bus: Bus;
  /** False once the server drains before it stops. */
  readonly acceptsLogins: () => boolean;
  readonly throttles: LoginThrottles;
  /** Counts what was refused by which limit. */
  readonly throttled?: (limit: LoginLimit) => void;
  /** Asked by doors before they take in a new login; counts those that are turned away for overload. */
  readonly mustDrop?: (door: Login['door']['kind']) => boolean;
}

/** Every limit that can refuse a login, with the words for the administrator. */
const limitWords = {
  failures_source: 'failed logins from this source',
  failures_user_at_source: 'failed logins for this user from this source',
  failures_user: 'failed logins for this user from places that are new for the user',
  source: 'from this source',
  user: 'for this user',
  client: 'through this client',
  application: 'for this application',
} as const satisfies Record<FailureLimit, string> & Record<string, string>;
export type LoginLimit = keyof typeof limitWords;

export interface Asked extends Opened {
  readonly kind: 'asked';
  /** What the first factor's check gave this very login for the door; a joined login keeps its own. */
  readonly doorData: Uint8Array | null;
}

export type Begun = Asked | Rejected | FirstFactorAsks;

/** How many open requests a user may have at once, from different places. */
export const maxOpenRequests = 3;

/** @param firstFactor absent when the caller has checked it itself (a third party by API). @throws Unavailable */
export async function beginLogin(
  deps: LoginDeps,
  login: Login,
  { firstFactor, signal }: { firstFactor?: FirstFactorCheck; signal: AbortSignal },
): Promise<Begun> {
  const attempt = startAttempt(deps, login);
  if (!deps.acceptsLogins()) return attempt.refuse('shutting_down');
  const limit = exceededLimit(deps.throttles, login, firstFactor !== undefined);
  if (limit) return refuseByLimit(deps, attempt, limit);

  const application = await findApplication(deps.db.read, login.applicationId);
  if (!application?.enabled) return attempt.refuse('application_disabled');
  attempt.into(application);

  const user = await findUserByName(deps.db.read, application.id, login.username);
  attempt.met(user);
  if (firstFactor) {
    const result = await firstFactor(user, signal);
    const exceeded = countResult(deps.throttles, login, result);
    if (exceeded) return refuseByLimit(deps, attempt, exceeded);
    if (result.kind === 'asks') return { kind: 'first_factor_asks', doorData: result.doorData };
    attempt.note(result.step);
    if (result.kind === 'refused') return attempt.refuse(result.reason, result.doorData);
    return askUser(deps, attempt, { login, application, user, doorData: result.doorData });
  }
  return askUser(deps, attempt, { login, application, user, doorData: null });
}

type Application = NonNullable<Awaited<ReturnType<typeof findApplication>>>;
type Verified = Extract<FirstFactorResult, { kind: 'verified' }>;
interface Asking {
  readonly login: Login;
  readonly application: Application;
  readonly user: UserRow | undefined;
  readonly doorData: Verified['doorData'];
}

async function askUser(deps: LoginDeps, attempt: Attempt, { user, ...asking }: Asking): Promise<Begun> {
  if (!user) return attempt.refuse('unknown_user');
  const opened = await deps.db.write((tx) => openOrJoin(tx, deps, attempt, { ...asking, user }));
  if (typeof opened === 'string') return attempt.refuse(opened);
  wakeAbout(deps.bus, { id: opened.requestId, userId: user.id });
  return { kind: 'asked', ...opened, doorData: asking.doorData };
}

async function openOrJoin(
  tx: Tx,
  deps: LoginDeps,
  attempt: Attempt,
  asking: Asking & { readonly user: UserRow },
): Promise<Opened | RefusalReasonCode> {
  const { login, user } = asking;
  await closeExpiredOf(tx, deps, user.id);
  const joined = await joinAuthRequest(tx, deps, login);
  if (joined) return joined;
  await lockUser(tx, deps.db.dialect, user.id);
  const standing = await standingOf(tx, user.id);
  const reason = unaskable(standing, deps.clock.now());
  if (reason) return reason;
  if (!deps.throttles.requests.take(user.id).allowed) return 'too_many_requests';
  // Only a login that goes on in another packet needs the door's data kept; the others are waited for right here.
  const doorData = login.number === 'shown_by_challenge' ? asking.doorData : null;
  const question = { ...asking, doorData, devices: standing.devices, trail: attempt.trail };
  const opened = (await openAuthRequest(tx, deps, question)) ?? (await joinAuthRequest(tx, deps, login));
  // Opened by another node a moment ago and closed again: a retransmission finds out how.
  return opened ?? 'too_many_requests';
}

interface Standing {
  readonly enabled: boolean;
  readonly held: boolean;
  readonly leftAloneUntil: number | null;
  readonly devices: number;
  readonly openRequests: number;
}

/** Why the user cannot be asked right now, or undefined. */
function unaskable(user: Standing, now: number): RefusalReasonCode | undefined {
  if (!user.enabled) return 'user_disabled';
  if (user.held) return 'requests_held';
  if (user.leftAloneUntil !== null && user.leftAloneUntil > now) return 'left_alone';
  if (user.devices === 0) return 'no_device';
  if (user.openRequests >= maxOpenRequests) return 'too_many_requests';
  return undefined;
}

async function standingOf(tx: Tx, userId: string): Promise<Standing> {
  const row = await tx
    .selectFrom('users')
    .select((e) => [
      'enabled',
      'held_by_request_id',
      'left_alone_until',
      e
        .selectFrom('devices')
        .select(e.fn.countAll<number>().as('n'))
        .where('user_id', '=', userId)
        .where('revoked_at', 'is', null)
        .as('devices'),
      e
        .selectFrom('challenges')
        .select(e.fn.countAll<number>().as('n'))
        .where('user_id', '=', userId)
        .where('status', '=', 'pending')
        .as('open_requests'),
    ])
    .where('id', '=', userId)
    .executeTakeFirst();
  return {
    enabled: row?.enabled === 1,
    held: row?.held_by_request_id != null,
    leftAloneUntil: row?.left_alone_until ?? null,
    devices: row?.devices ?? 0,
    openRequests: row?.open_requests ?? 0,
  };
}

const userKey = ({ applicationId, username }: Login): string =>
  JSON.stringify([applicationId, nameKey(username)]);

const guessOf = (login: Login): Guess => ({
  user: userKey(login),
  source: login.clientAddress,
  door: login.door.id,
});

/**
 * Which limit the login exceeds before anything is checked, or undefined. The narrow limits first: a source must not use up what its
 * client shares with others, nor a client what the application does.
 */
function exceededLimit(throttles: LoginThrottles, login: Login, proves: boolean): LoginLimit | undefined {
  const failed = proves ? throttles.failures.exceeded(guessOf(login)) : undefined;
  if (failed) return failed;
  if (!proves && login.clientAddress !== null && !throttles.source.take(login.clientAddress).allowed)
    return 'source';
  if (!proves && !throttles.user.take(userKey(login)).allowed) return 'user';
  if (!throttles.client.take(login.door.id).allowed) return 'client';
  if (!throttles.application.take(login.applicationId).allowed) return 'application';
  return undefined;
}

/** What passed and what failed are counted apart. @returns the limit that it exceeds after all */
function countResult(
  { failures, user }: LoginThrottles,
  login: Login,
  result: FirstFactorResult,
): LoginLimit | undefined {
  if (result.kind === 'refused') {
    // Nothing was checked then.
    if (result.reason !== 'throttled') failures.failed(guessOf(login));
    return undefined;
  }
  if (result.kind === 'verified') failures.passed(guessOf(login));
  return user.take(userKey(login)).allowed ? undefined : 'user';
}

function refuseByLimit(deps: LoginDeps, attempt: Attempt, limit: LoginLimit): Promise<Begun> {
  deps.throttled?.(limit);
  attempt.note({ code: 'throttled', details: { limit: limitWords[limit] } });
  return attempt.refuse('throttled');
}
