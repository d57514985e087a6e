// The first half of a login: everything up to the question on the phone. Reads as the list of what is checked, in order.
// Nobody's phone is bothered before the first factor has passed.
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import type { Throttle } from '#core/throttles/throttles.ts';
import { admit } from './admit.ts';
import { type Attempt, type AttemptDeps, startAttempt } from './attempt.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import { joinSameLogin } from './join-auth-request.ts';
import type { Login } from './login.ts';
import { type Known, type KnownUser, lookUp } from './look-up.ts';
import { type Opened, openAuthRequest, type Question } from './open-auth-request.ts';
import type { Accepted, FirstFactorAsks, Rejected } from './outcome.ts';

export interface LoginThrottles {
  /** Per source address, where the door knows it. */
  readonly source: Throttle;
  readonly user: Throttle;
  readonly application: Throttle;
  /** Requests put to one user's phone. */
  readonly requests: Throttle;
  /** How many refusals that cost a sender nothing are written down, per application; the rest is only counted. */
  readonly recorded: Throttle;
}

export interface LoginDeps extends AttemptDeps {
  /** False once the server drains before it stops. */
  readonly acceptsLogins: () => boolean;
  readonly throttles: LoginThrottles;
}

export interface Asked extends Opened {
  readonly kind: 'asked';
  /** What the first factor's check gave this very login for the door; a joined login keeps its own. */
  readonly doorData: Uint8Array | null;
}

export type Begun = Asked | Accepted | Rejected | FirstFactorAsks;

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
  const limit = exceededLimit(deps.throttles, login);
  if (limit) {
    attempt.note({ code: 'throttled', details: { limit } });
    return attempt.refuse('throttled');
  }

  const known = await lookUp(deps, login);
  if (!known?.application.enabled) return attempt.refuse('application_disabled');
  attempt.into(known.application);
  attempt.met(known.user);
  if (!firstFactor) return goOn(deps, attempt, { login, known, doorData: null, ask: true });

  const result = await firstFactor(known.user, signal);
  if (result.kind === 'asks') return { kind: 'first_factor_asks', doorData: result.doorData };
  attempt.note(result.step);
  if (result.kind === 'refused') return attempt.refuse(result.reason, result.doorData);
  const ask = known.application.secondFactor === 'push';
  return goOn(deps, attempt, { login, known, doorData: result.doorData, ask });
}

interface Passed {
  readonly login: Login;
  readonly known: Known;
  /** What the first factor's check gave for the door. */
  readonly doorData: Uint8Array | null;
  /** Whether the user is asked, or let in by the first factor alone. */
  readonly ask: boolean;
}

/** How often a login is decided anew because the user changed, or the same login came, in the very moment. */
const maxTries = 4;

async function goOn(deps: LoginDeps, attempt: Attempt, passed: Passed): Promise<Begun> {
  let { known } = passed;
  for (let left = maxTries; left > 0; left -= 1) {
    const decided = await decide(deps, attempt, { ...passed, known });
    if (decided) return decided;
    known = (await lookUp(deps, passed.login)) ?? known;
  }
  return attempt.refuse('too_many_requests');
}

/** @returns undefined when what was known is no longer so */
async function decide(
  deps: LoginDeps,
  attempt: Attempt,
  { login, known, doorData, ask }: Passed,
): Promise<Begun | undefined> {
  const { application, user } = known;
  if (!application.enabled) return attempt.refuse('application_disabled');
  if (!user) return attempt.refuse('unknown_user');
  const question: Question = { login, application, user, trail: attempt.trail, doorData };
  if (ask) return askUser(deps, attempt, question);
  const reason = unwelcome(user);
  if (reason) return attempt.refuse(reason);
  const admitted = await admit(deps, question);
  if (admitted?.kind === 'waiting') throw new Error('a login that was let in is not waiting');
  return admitted;
}

async function askUser(deps: LoginDeps, attempt: Attempt, question: Question): Promise<Begun | undefined> {
  const { user } = question;
  const reason = unwelcome(user) ?? unaskable(user, deps.clock.now());
  // The open requests may be this very login, which came again.
  const mayBeOpen = reason !== undefined || user.openRequests > 0;
  if (mayBeOpen) {
    const joined = await join(deps, attempt, question);
    if (joined) return joined;
  }
  if (reason) return attempt.refuse(reason);
  if (!deps.throttles.requests.take(user.id).allowed) return attempt.refuse('too_many_requests');
  const opened = await openAuthRequest(deps, question);
  if (!opened) return join(deps, attempt, question);
  wakeAbout(deps.bus, { id: opened.requestId, userId: user.id });
  return asked(opened, question);
}

async function join(deps: LoginDeps, attempt: Attempt, question: Question): Promise<Begun | undefined> {
  const same = await joinSameLogin(deps, question.login);
  switch (same.kind) {
    case 'joined':
      return asked(same.opened, question);
    case 'replayed':
      return attempt.refuse('replayed');
    case 'none':
      return undefined;
  }
}

const asked = (opened: Opened, { doorData }: Question): Asked => ({ kind: 'asked', ...opened, doorData });

/** Why the user may not log in at all, or undefined. */
function unwelcome({ enabled, held }: KnownUser): RefusalReasonCode | undefined {
  if (!enabled) return 'user_disabled';
  return held ? 'requests_held' : undefined;
}

/** Why the user cannot be asked right now, or undefined. */
function unaskable(user: KnownUser, now: number): RefusalReasonCode | undefined {
  if (user.leftAloneUntil !== null && user.leftAloneUntil > now) return 'left_alone';
  if (user.devices === 0) return 'no_device';
  return user.openRequests >= maxOpenRequests ? 'too_many_requests' : undefined;
}

/** Which limit the login exceeds, or undefined. The source first: it must not use up what others share with it. */
function exceededLimit(throttles: LoginThrottles, login: Login): string | undefined {
  if (login.clientAddress !== null && !throttles.source.take(login.clientAddress).allowed)
    return 'from this source';
  if (!throttles.user.take(JSON.stringify([login.applicationId, nameKey(login.username)])).allowed)
    return 'for this user';
  if (!throttles.application.take(login.applicationId).allowed) return 'for this application';
  return undefined;
}
