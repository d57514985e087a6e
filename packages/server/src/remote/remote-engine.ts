// The engine of a RADIUS door at another site. The first factor is checked by the site's home servers; the rest is asked of the server:
// one auth request for one login, however often it is sent, and a long poll until the server says how it ended. Fails closed.
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { type AuthRequest, NewAuthRequest } from '@countersign/contract/models.ts';
import type { ProxiedApplication } from '@countersign/contract/remote-proxy-models.ts';
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import type { FirstFactorResult } from '#core/authentication/first-factor.ts';
import type { DoorOutcome, LoginEngine } from '#core/authentication/login-engine.ts';
import { contextKey, type Login } from '#core/authentication/login.ts';
import { type AskedServer, askedServer } from '#core/authentication/remote-outcome.ts';
import { type Guess, guessOf, isGuess, type LoginFailures } from '#core/throttles/login-failures.ts';
import type { Throttle } from '#core/throttles/throttles.ts';
import type { Clock } from '#platform/clock.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { awaitAnswer, type AwaitAnswerDeps } from './await-answer.ts';
import { jittered, sleep } from './pause.ts';
import type { Grace } from './grace.ts';
import type { NumberConversations } from './number-conversations.ts';
import type { ApiFailure, ApiResult, ServerApi } from './server-api.ts';
import type { ServerLink } from './server-link.ts';
import type { LinkState } from './status-message.ts';

export interface RemoteEngineDeps extends AwaitAnswerDeps {
  readonly clock: Clock;
  readonly api: Pick<ServerApi, 'createAuthRequest' | 'awaitAuthRequest'>;
  readonly link: Pick<ServerLink, 'check' | 'application' | 'status'>;
  readonly grace: Pick<Grace, 'tryToAccept' | 'noteApproved' | 'noteAsked' | 'beginAsking'>;
  readonly conversations: NumberConversations;
  readonly acceptsLogins: () => boolean;
  readonly throttles: {
    /** Wrong first factors; asked before one is checked. */
    readonly failures: LoginFailures;
    /** Per source address, where the door knows it. */
    readonly source: Throttle;
    /** Logins whose first factor passed: a stranger cannot use them up. */
    readonly user: Throttle;
  };
}

/** Logins under way at once; beyond it new ones are refused, so that those that wait are not slowed. */
export const mostLogins = 2000;

const mostTries = 3;
const longestPauseMs = 2000;

/** Names the dependency in the log of a refused login. */
const server = (why: string): DoorOutcome => ({
  kind: 'unavailable',
  dependency: `the Countersign server (${why})`,
});

type OwnReason = Extract<
  RefusalReasonCode,
  | 'throttled'
  | 'shutting_down'
  | 'malformed_credentials'
  | 'challenge_unknown'
  | 'method_unsupported'
  | 'replayed'
  | 'authorisation_closed'
>;
const refuse = (reason: OwnReason) => ({ kind: 'rejected', requestId: null, reason }) as const;

export function createRemoteEngine(deps: RemoteEngineDeps): LoginEngine {
  let underWay = 0;
  const counted = async (run: () => Promise<DoorOutcome>): Promise<DoorOutcome> => {
    if (!deps.acceptsLogins()) return refuse('shutting_down');
    if (underWay >= mostLogins) return refuse('throttled');
    underWay += 1;
    try {
      return await run();
    } finally {
      underWay -= 1;
    }
  };
  return {
    authenticate: (login, { firstFactor, signal }) =>
      counted(async () => {
        const guess = guessOf(nameKey(login.username), login.clientAddress, login.door.id);
        if (isTooMany(deps.throttles, login, guess)) return refuse('throttled');
        const first = await firstFactor(undefined, signal);
        countResult(deps.throttles, guess, first);
        if (first.kind === 'asks') return { kind: 'first_factor_asks', doorData: first.doorData };
        if (first.kind === 'refused') return { ...first, kind: 'rejected', requestId: null };
        const allowed = deps.throttles.user.take(guess.user).allowed;
        return allowed ? askServer(deps, login, first, signal) : refuse('throttled');
      }),
    continueLogin: (login, { state, signal }) =>
      counted(async () => {
        const conversation = deps.conversations.take(login, state);
        if (!conversation) return refuse('challenge_unknown');
        return waitForEnd(deps, login, conversation, signal);
      }),
    // There is no such setting at a remote site: what needs no server needs no proxy either.
    relay: async () => refuse('method_unsupported'),
  };
}

/** What is asked before a first factor is checked. Nothing here can be used up by strangers for a user at the user's own places. */
function isTooMany({ failures, source }: RemoteEngineDeps['throttles'], login: Login, guess: Guess): boolean {
  if (failures.exceeded(guess) !== undefined) return true;
  return login.clientAddress !== null && !source.take(login.clientAddress).allowed;
}

/** What passed and what failed are counted apart, as at the server's own door (core/authentication/begin-login.ts). */
function countResult(
  { failures }: RemoteEngineDeps['throttles'],
  guess: Guess,
  result: FirstFactorResult,
): void {
  if (result.kind === 'verified') failures.passed(guess);
  if (result.kind === 'refused' && isGuess(result.reason)) failures.failed(guess);
}

type Verified = Extract<FirstFactorResult, { kind: 'verified' }>;

async function askServer(
  deps: RemoteEngineDeps,
  login: Login,
  first: Verified,
  signal: StopSignal,
): Promise<DoorOutcome> {
  const found = await findApplication(deps);
  if ('failure' in found) return withoutServer(deps, login, { first, failure: found.failure });
  const request = NewAuthRequest.safeParse(requestOf(login, found.application.access_id));
  if (!request.success) return refuse('malformed_credentials');
  const created = await create(deps, login, request.data, signal);
  if (created.kind !== 'done') return withoutServer(deps, login, { first, failure: created });
  const asked = askedServer(created.value, {
    username: request.data.username,
    applicationId: found.application.id,
    doorData: first.doorData,
  });
  if (!asked) return server('its answer is about somebody else');
  return afterAsking(deps, login, { asked, created: created.value, signal });
}

type Found = { readonly application: ProxiedApplication } | { readonly failure: Failure };
type Failure = ApiFailure | Exclude<LinkState, { kind: 'ok' }>;

/** A server that was silent last is asked first: many logins then share one check instead of each waiting for itself. */
async function findApplication({ link }: RemoteEngineDeps): Promise<Found> {
  const known = link.status().state;
  const state = known.kind === 'unreachable' ? await link.check() : known;
  if (state.kind !== 'ok') return { failure: state };
  const application = link.application();
  if (application) return { application };
  return { failure: { kind: 'error', problem: 'application', cause: 'nothing is known of it' } };
}

/**
 * Tries once more when the server proves to be there after all. A request without a reference is tried again only when it certainly
 * did not arrive: a second one would be a second question on the phone.
 */
async function create(
  deps: RemoteEngineDeps,
  login: Login,
  request: NewAuthRequest,
  signal: StopSignal,
): Promise<Creating> {
  const ask = () => createPatiently(deps, login, request, signal);
  const first = await ask();
  if (first.kind !== 'unreachable') return first;
  const state = await deps.link.check();
  if (state.kind !== 'ok' || (first.sent && request.reference === undefined)) return first;
  return ask();
}

type Creating = ApiResult<AuthRequest & { readonly number: string | null }>;

/** When everybody comes at once, at eight in the morning, the server may say: not so fast. Nothing was made then. */
async function createPatiently(
  deps: RemoteEngineDeps,
  login: Login,
  request: NewAuthRequest,
  signal: StopSignal,
): Promise<Creating> {
  for (let tries = 1; ; tries += 1) {
    const result = await askOnce(deps, login, request, signal);
    const tooFast = result.kind === 'refused' && result.status === 429;
    if (!tooFast || tries === mostTries) return result;
    await sleep(jittered(deps.random, Math.min(longestPauseMs, result.retryAfterMs)), signal);
  }
}

/**
 * From here on the user may have been asked: until the approval is heard, a loss of the server must not let them in. Who keeps back only
 * the server's answer makes it look lost, while the request stands on the phone or has been denied there.
 */
async function askOnce(
  { api, grace }: RemoteEngineDeps,
  login: Login,
  request: NewAuthRequest,
  signal: StopSignal,
): Promise<Creating> {
  const ended = grace.beginAsking(login);
  try {
    const result = await api.createAuthRequest(request, signal);
    if (mayHaveAsked(result)) grace.noteAsked(login);
    return result;
  } finally {
    ended();
  }
}

/** Only what never left, and what the server itself turned down, has certainly asked nobody. */
function mayHaveAsked(result: Creating): boolean {
  switch (result.kind) {
    case 'done':
    case 'aborted':
    case 'foreign':
      return true;
    case 'unreachable':
      return result.sent;
    case 'refused':
      return result.status >= 500;
    case 'untrusted':
      return false;
  }
}

/** Only silence can open anything, and only while a second witness, the check, finds the server silent too (`Grace`). */
function withoutServer(
  { grace }: RemoteEngineDeps,
  login: Login,
  { first, failure }: { first: Verified; failure: Failure },
): DoorOutcome {
  switch (failure.kind) {
    case 'unreachable':
      return grace.tryToAccept(login, first) ?? server(failure.cause);
    case 'untrusted':
    case 'foreign':
    case 'error':
      return server(failure.cause);
    case 'aborted':
      return server('the proxy is stopping');
    case 'refused':
      if (failure.code === 'packet_replayed') return refuse('replayed');
      if (failure.code === 'authorisation_closed') return refuse('authorisation_closed');
      return failure.status === 429 ? refuse('throttled') : server(`it refused: ${failure.code}`);
  }
}

interface Created {
  readonly asked: AskedServer;
  readonly created: AuthRequest & { readonly number: string | null };
  readonly signal: StopSignal;
}

function afterAsking(
  deps: RemoteEngineDeps,
  login: Login,
  { asked, created, signal }: Created,
): Promise<DoorOutcome> | DoorOutcome {
  // The server's clock may be another one: only the difference counts. A request that was joined has less time left.
  const deadline = deps.clock.monotonic() + Math.max(0, created.expires_at - created.created_at);
  const conversation = { asked, deadline };
  if (login.number === 'none') return waitForEnd(deps, login, conversation, signal);
  const { number } = created;
  const state = number === null ? undefined : deps.conversations.give(login, conversation);
  if (number === null || state === undefined) return refuse('throttled');
  return { kind: 'show_number', requestId: asked.requestId, number, state };
}

async function waitForEnd(
  deps: RemoteEngineDeps,
  login: Login,
  conversation: { readonly asked: AskedServer; readonly deadline: number },
  signal: StopSignal,
): Promise<DoorOutcome> {
  const outcome = await awaitAnswer(deps, conversation, signal);
  if (outcome.kind === 'accepted') deps.grace.noteApproved(login);
  // Once more, lest another login of the same user that was approved meanwhile hide it.
  else deps.grace.noteAsked(login);
  return outcome;
}

function requestOf(login: Login, application: string | undefined): unknown {
  const { username, clientName, clientAddress, number, packetDigest } = login;
  const address = clientAddress !== null && isIP(clientAddress) !== 0 ? clientAddress : null;
  // A telephone number or a MAC address says something to a person too.
  const station =
    clientAddress === null || address !== null ? '' : `From ${toDisplayable(clientAddress, 100)}`;
  return {
    application,
    username,
    description: station.trim(),
    client_name: toDisplayable(clientName, 80),
    client_address: address,
    // For as long as the server remembers, also when the session is forgotten: who sends the packet again asks nobody again.
    ...(packetDigest !== undefined && { packet_digest: packetDigest }),
    ...(number === 'none' ? referenceOf(login) : { number_matching: true }),
  };
}

/** As at the server's own door (core/authentication/join-auth-request.ts): one login to a human is one question on the phone. */
function referenceOf(login: Login): { reference: string; reference_lasts: boolean } {
  const context = contextKey(login);
  if (context !== null) return { reference: context, reference_lasts: login.contextLasts === true };
  // Nothing tells this session from another: only our own second try is the same login, and the very same packet, which its digest tells.
  return { reference: login.packetDigest ?? randomUUID(), reference_lasts: true };
}
