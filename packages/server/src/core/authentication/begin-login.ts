// The first half of a login: everything up to the question on the phone. Reads as the list of what is checked, in order.
// Nobody's phone is bothered before the first factor has passed.
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import type { NewcomerToTellOf, RequestToWakeFor } from '#core/push-subscriptions/device-waker.ts';
import { type FailureLimit, isGuess, type LoginFailures } from '#core/throttles/login-failures.ts';
import {
  exceededAfterAll,
  exceededByPlainName,
  guessAtName,
  type NameGuess,
} from '#core/throttles/name-guess.ts';
import type { Throttle } from '#core/throttles/throttles.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { admit } from './admit.ts';
import { type Attempt, type AttemptDeps, startAttempt } from './attempt.ts';
import type { FirstFactorCheck, FirstFactorResult, MeantUser } from './first-factor.ts';
import { joinSameLogin } from './join-auth-request.ts';
import type { Login } from './login.ts';
import { type Known, type KnownApplication, type KnownUser, lookUp } from './look-up.ts';
import { type Opened, openAuthRequest, type Question } from './open-auth-request.ts';
import type { Accepted, FirstFactorAsks, Rejected } from './outcome.ts';

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
  /** False once the server drains before it stops. */
  readonly acceptsLogins: () => boolean;
  readonly throttles: LoginThrottles;
  /** Wakes the user's devices by push once the request is written; neither waits nor throws. */
  readonly wakeDevices?: (request: RequestToWakeFor) => void;
  /** Tells the user's older devices of a new one by push; neither waits nor throws. */
  readonly tellDevices?: (newcomer: NewcomerToTellOf) => void;
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

export type Begun = Asked | Accepted | Rejected | FirstFactorAsks;

/** How many open requests a user may have at once, from different places. */
export const maxOpenRequests = 3;

/** @param firstFactor absent when the caller has checked it itself (a third party by API). @throws Unavailable */
export async function beginLogin(
  deps: LoginDeps,
  login: Login,
  { firstFactor, signal }: { firstFactor?: FirstFactorCheck; signal: StopSignal },
): Promise<Begun> {
  const attempt = startAttempt(deps, login);
  if (!deps.acceptsLogins()) return attempt.refuse('shutting_down');
  const guess = guessAtName(login, { address: login.clientAddress, door: login.door.id });
  const limit = exceededLimit(deps.throttles, login, { guess, proves: firstFactor !== undefined });
  if (limit) return refuseByLimit(deps, attempt, limit);

  const known = await lookUp(deps, login);
  const shut = shutTo(login, known?.application);
  if (!known || shut) return attempt.refuse(shut ?? 'application_disabled');
  attempt.into(known.application);
  attempt.met(known.user);
  if (!firstFactor) return goOn(deps, attempt, { login, known, doorData: null, alwaysAsk: true });

  const alike = known.user ? undefined : exceededByPlainName(deps.throttles.failures, guess);
  if (alike) return refuseByLimit(deps, attempt, alike);
  const result = await firstFactor(known.user, signal);
  return afterFirstFactor(deps, keptBack(attempt, result), { login, known, guess, result });
}

/**
 * The same attempt. To whoever asks all refusals are one no: its time must not tell that the password was right, nor whether it is written
 * down, as not all are.
 */
function keptBack(attempt: Attempt, result: FirstFactorResult): Attempt {
  const keepBack = result.kind === 'asks' ? undefined : result.keepBack;
  if (!keepBack) return attempt;
  const refuse: Attempt['refuse'] = async (...refused) => {
    const [told] = await Promise.all([attempt.refuse(...refused), keepBack()]);
    return told;
  };
  return { ...attempt, refuse };
}

interface Checked {
  readonly login: Login;
  readonly known: Known;
  readonly guess: NameGuess;
  readonly result: FirstFactorResult;
}

async function afterFirstFactor(
  deps: LoginDeps,
  attempt: Attempt,
  { login, known, guess, result }: Checked,
): Promise<Begun> {
  const exceeded = countResult(deps.throttles, guess, result);
  if (exceeded) return refuseByLimit(deps, attempt, exceeded);
  if (result.kind === 'asks') return { kind: 'first_factor_asks', doorData: result.doorData };
  const { meant } = result;
  for (const step of result.before ?? []) attempt.note(step);
  attempt.note(result.step);
  if (meant) attempt.met(meant, meant.username);
  if (result.kind === 'refused') return attempt.refuse(result.reason, result.doorData);
  const changed = meant ?? (result.renewed === true ? known.user : undefined);
  const found = changed ? await lookUpAgain(deps, login, changed) : known;
  if (!found) return attempt.refuse('unknown_user');
  return goOn(deps, attempt, { login, known: found, doorData: result.doorData, alwaysAsk: false });
}

/** @returns undefined when the name is somebody else's or nobody's by now: whose first factor passed is one user */
async function lookUpAgain(
  deps: LoginDeps,
  { applicationId }: Login,
  { id, username }: MeantUser,
): Promise<Known | undefined> {
  const known = await lookUp(deps, { applicationId, username });
  return known?.user?.id === id ? known : undefined;
}

/** Whether one more request may be put to the user's phone. Counted once for a login, however often it is decided anew. */
type MayAsk = (userId: string) => boolean;

function countOnce({ requests }: LoginThrottles): MayAsk {
  let allowed: boolean | undefined;
  return (userId) => {
    allowed ??= requests.take(userId).allowed;
    return allowed;
  };
}

interface Passed {
  readonly login: Login;
  readonly known: Known;
  /** What the first factor's check gave for the door. */
  readonly doorData: Uint8Array | null;
  /** Whatever the application says: nobody has checked a first factor here. */
  readonly alwaysAsk: boolean;
}

/** How often a login is decided anew because the user changed, or the same login came, in the very moment. */
const maxTries = 4;

async function goOn(deps: LoginDeps, attempt: Attempt, passed: Passed): Promise<Begun> {
  let { known } = passed;
  const mayAsk = countOnce(deps.throttles);
  for (let left = maxTries; left > 0; left -= 1) {
    const decided = await decide(deps, attempt, { ...passed, known, mayAsk });
    if (decided) return decided;
    const again = known.user && (await lookUpAgain(deps, passed.login, known.user));
    if (!again) return attempt.refuse('unknown_user');
    known = again;
  }
  return attempt.refuse('too_many_requests');
}

/** @returns undefined when what was known is no longer so */
function decide(
  deps: LoginDeps,
  attempt: Attempt,
  { login, known, doorData, alwaysAsk, mayAsk }: Passed & { readonly mayAsk: MayAsk },
): Promise<Begun | undefined> {
  const { application, user } = known;
  const shut = shutTo(login, application);
  if (shut) return attempt.refuse(shut);
  if (!user) return attempt.refuse('unknown_user');
  const question: Question = { login, application, user, trail: attempt.trail, doorData };
  const { askedForTeam: team } = user;
  if (!alwaysAsk && team !== null) attempt.noteOnce({ code: 'team_asks', details: { team } });
  if (alwaysAsk || team !== null || application.secondFactor === 'push')
    return askUser(deps, attempt, question, mayAsk);
  const reason = unwelcome(user);
  if (reason) return attempt.refuse(reason);
  return admit(deps, question);
}

async function askUser(
  deps: LoginDeps,
  attempt: Attempt,
  question: Question,
  mayAsk: MayAsk,
): Promise<Begun | undefined> {
  const { user } = question;
  const reason = unwelcome(user) ?? unaskable(user, deps.clock.now());
  // What is open may be this very login, which came again; what names a session may have been answered already. Where nobody may
  // learn who exists it is looked for always, as for a user whom nobody knows.
  const { contextLasts, masked } = question.login;
  const mayBeOpen = reason !== undefined || user.openRequests > 0 || contextLasts === true || masked === true;
  if (mayBeOpen) {
    const joined = await join(deps, attempt, question);
    if (joined) return joined;
  }
  if (reason) return attempt.refuse(reason);
  if (!mayAsk(user.id)) return attempt.refuse('too_many_requests');
  const opened = await openAuthRequest(deps, question);
  if (!opened) return join(deps, attempt, question);
  wakeAbout(deps.bus, { id: opened.requestId, userId: user.id });
  if (user.pushes > 0)
    deps.wakeDevices?.({ id: opened.requestId, userId: user.id, expiresAt: opened.expiresAt });
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

/** Why the application lets nobody in, or undefined. A device that is to be bound is no login. */
function shutTo(
  { door }: Login,
  application: KnownApplication | undefined,
): 'application_disabled' | 'authorisation_closed' | undefined {
  if (!application?.enabled) return 'application_disabled';
  return application.authorises || door.kind === 'onboarding' ? undefined : 'authorisation_closed';
}

/** Why the user may not log in at all, or undefined. */
function unwelcome({ enabled, held }: KnownUser): RefusalReasonCode | undefined {
  if (!enabled) return 'user_disabled';
  return held ? 'requests_held' : undefined;
}

/** Why the user cannot be asked right now, or undefined. */
function unaskable(user: KnownUser, now: number): RefusalReasonCode | undefined {
  if (user.leftAloneUntil !== null && user.leftAloneUntil > now) return 'left_alone';
  if (user.devices === 0) return user.coolingDevices > 0 ? 'device_cooling' : 'no_device';
  return user.openRequests >= maxOpenRequests ? 'too_many_requests' : undefined;
}

/**
 * Which limit the login exceeds before anything is checked, or undefined. The narrow limits first: a source must not use up what its
 * client shares with others, nor a client what the application does.
 */
function exceededLimit(
  throttles: LoginThrottles,
  login: Login,
  { guess, proves }: { readonly guess: NameGuess; readonly proves: boolean },
): LoginLimit | undefined {
  const failed = proves ? throttles.failures.exceeded(guess.typed) : undefined;
  if (failed) return failed;
  if (!proves && login.clientAddress !== null && !throttles.source.take(login.clientAddress).allowed)
    return 'source';
  if (!proves && !throttles.user.take(guess.typed.user).allowed) return 'user';
  if (!throttles.client.take(login.door.id).allowed) return 'client';
  if (!throttles.application.take(login.applicationId).allowed) return 'application';
  return undefined;
}

/** What passed and what failed are counted apart. @returns the limit that it exceeds after all */
function countResult(
  { failures, user }: LoginThrottles,
  guess: NameGuess,
  result: FirstFactorResult,
): LoginLimit | undefined {
  if (result.kind === 'asks') return user.take(guess.typed.user).allowed ? undefined : 'user';
  const { guessedAs, meant: as } = result;
  const meant = guess.as(guessedAs ?? as?.username);
  if (result.kind === 'refused') {
    if (result.isGuess ?? isGuess(result.reason)) failures.failed(guess.typed, meant);
    return undefined;
  }
  const exceeded = exceededAfterAll(failures, guess, meant);
  if (exceeded) return exceeded;
  failures.passed(guess.typed);
  failures.passed(meant);
  return user.take(guess.as(as?.username).user).allowed ? undefined : 'user';
}

function refuseByLimit(deps: LoginDeps, attempt: Attempt, limit: LoginLimit): Promise<Begun> {
  deps.throttled?.(limit);
  attempt.note({ code: 'throttled', details: { limit: limitWords[limit] } });
  return attempt.refuse('throttled');
}
