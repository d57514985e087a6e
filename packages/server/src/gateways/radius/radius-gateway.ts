// The RADIUS door: takes Access-Requests, lets the engine decide, answers. No rules of its own.
import {
  type Answer,
  answeredLater,
  createRadiusServer,
  type HidingKey,
  type RadiusReply,
  type RadiusRequest,
  type RadiusServer,
  type RadiusServerEvent,
} from '@countersign/radius';
import type { Login } from '#core/authentication/login.ts';
import { stateBytes } from '#core/authentication/conversation-state.ts';
import type { FirstFactorCheck } from '#core/authentication/first-factor.ts';
import type {
  DoorOutcome,
  Later,
  LoginEngine,
  Running,
  ToldLater,
} from '#core/authentication/login-engine.ts';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import type { PlayLogin } from '#core/radius-clients/test-login.ts';
import type { Clock } from '#platform/clock.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Random } from '#platform/random.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import type { ClientDirectory } from './client-directory.ts';
import { type Credentials, credentialsOf, loginOf, stateOf } from './login-of-request.ts';
import { createPlayedLogins, type PlayedLogins } from './played-logins.ts';
import { playLogin } from './play-login.ts';
import { replyOf } from './reply-of-outcome.ts';
import { Stopwatch } from './stopwatch.ts';

type Request = RadiusRequest<LoadedRadiusClient>;

/** Checks a first factor by asking home servers with the client's own attributes. Implemented by a connector. */
export type HomeServerCheck = (proxied: {
  readonly servers: LoadedRadiusClient['homeServers'];
  readonly attributes: Request['packet']['attributes'];
  /** With which the hidden ones among them are hidden. */
  readonly key: HidingKey;
  /** To whom a conversation that the home server begins belongs. */
  readonly conversation: () => string;
}) => FirstFactorCheck;

export interface RadiusGatewayDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Decides: this server's own, or one that asks a server elsewhere. */
  readonly engine: LoginEngine;
  readonly clients: ClientDirectory;
  /** Checks a password against the application’s own users and its user sources; absent where there are none. */
  readonly checkPassword?: (login: Login, password: string, asker: string) => FirstFactorCheck;
  readonly checkByHomeServers: HomeServerCheck;
  /** Whether Status-Server is answered. */
  readonly ready: () => boolean;
  readonly observe: (event: RadiusServerEvent<LoadedRadiusClient>) => void;
  readonly decided: (outcome: DoorOutcome, client: LoadedRadiusClient) => void;
  readonly metrics: Pick<
    Metrics,
    'countersign_login_seconds' | 'countersign_logins_pending' | 'beforeRender'
  >;
  /** Logins under way at once. */
  readonly loginsAtOnce?: number;
  /** Asked before a new login is taken in; counts those that are turned away for overload. */
  readonly mustDrop?: ((door: 'radius') => boolean) | undefined;
}

/** Replies are kept for retransmissions beside the logins under way: this many times as many entries in all. */
const entriesPerLogin = 4;
const usualLoginsAtOnce = 65_536;

/** The server, and logins that are played in it. */
export interface RadiusGateway extends RadiusServer {
  readonly play: PlayLogin;
}

export function createRadiusGateway(deps: RadiusGatewayDeps): RadiusGateway {
  const { loginsAtOnce = usualLoginsAtOnce } = deps;
  const played = createPlayedLogins();
  const own: HandleDeps = { ...deps, played };
  const server = createRadiusServer<LoadedRadiusClient>({
    lookupClient: (address) => deps.clients.lookup(address),
    handle: (request, signal, answer) => handle(own, request, { signal, answer }),
    shareOf: ({ id }) => id,
    isOverloaded: () => deps.mustDrop?.('radius') ?? false,
    maxInFlight: loginsAtOnce,
    maxDuplicates: loginsAtOnce * entriesPerLogin,
    status: () => (deps.ready() ? [] : undefined),
    now: () => deps.clock.monotonic(),
    observe: (event) => {
      deps.observe(event);
      played.observe(event);
    },
  });
  const { beforeRender, countersign_logins_pending: pending } = deps.metrics;
  beforeRender(() => pending.set({ door: 'radius' }, server.inFlight));
  return Object.assign(server, { play: playLogin({ ...deps, server, played }) });
}

interface HandleDeps extends RadiusGatewayDeps {
  readonly played: PlayedLogins;
}

async function handle(
  deps: HandleDeps,
  request: Request,
  { signal, answer }: { readonly signal: StopSignal; readonly answer: Answer },
): Promise<RadiusReply | undefined | typeof answeredLater> {
  const watch = new Stopwatch(deps.clock);
  const login = new LoginOfClient(deps, request, watch, answer);
  const outcome = await decide(deps, request, { signal, time: watch, later: login });
  return outcome.kind === 'told_later' ? answeredLater : login.replyTo(request.packet, outcome);
}

/** What is left of a login while its person is waited for; the packet is not, it is read anew. */
class LoginOfClient implements Later {
  readonly #deps: HandleDeps;
  readonly #client: LoadedRadiusClient;
  readonly #listener: Request['listener'];
  readonly #watch: Stopwatch;
  readonly #answer: Answer;

  constructor(deps: HandleDeps, { client, listener }: Request, watch: Stopwatch, answer: Answer) {
    this.#deps = deps;
    this.#client = client;
    this.#listener = listener;
    this.#watch = watch;
    this.#answer = answer;
  }

  ended(outcome: DoorOutcome): void {
    this.#answer((packet) => this.replyTo(packet, outcome));
  }

  failed(error: unknown): void {
    this.#answer(() => {
      throw error;
    });
  }

  /** Tells the metrics and the log. */
  replyTo({ authenticator }: Request['packet'], outcome: DoorOutcome): RadiusReply | undefined {
    this.#watch.stop(this.#deps.metrics);
    this.#deps.decided(outcome, this.#client);
    this.#deps.played.decided(this.#listener, outcome);
    return replyOf(this.#deps, outcome, { secret: this.#client.secret, authenticator });
  }
}

function decide(
  deps: RadiusGatewayDeps,
  request: Request,
  on: Running & { readonly time: Stopwatch },
): Promise<DoorOutcome | ToldLater> {
  const { engine } = deps;
  const { relay, applicationEnabled, authorises } = request.client;
  if (relay) {
    const homeServers = on.time.firstFactor('home_server', homeServersOf(deps, request));
    return engine.relay({ homeServers, applicationEnabled, authorises }, on.signal);
  }
  const login = loginOf(request);
  const state = stateOf(request);
  if (state !== undefined && isOurs(state, request.client))
    return engine.continueLogin(login, { ...on, state });
  const part = request.client.homeServers.length === 0 ? 'password' : 'home_server';
  const firstFactor = on.time.firstFactor(part, firstFactorOf(deps, request, login));
  return engine.authenticate(login, { ...on, firstFactor });
}

const keyOf = ({ client, packet }: Request): HidingKey => ({
  secret: client.secret,
  authenticator: packet.authenticator,
});

/** A home server's own state is longer, because it is sealed with what it belongs to. */
const isOurs = (state: Uint8Array, client: LoadedRadiusClient): boolean =>
  state.length === stateBytes || client.homeServers.length === 0;

function firstFactorOf(deps: RadiusGatewayDeps, request: Request, login: Login): FirstFactorCheck {
  const { client } = request;
  const credentials = credentialsOf(request);
  if (credentials.kind === 'unusable') return refuse('malformed_credentials');
  if (credentials.kind === 'eap') return refuse('method_unsupported');
  if (client.homeServers.length === 0) return ownFirstFactor(deps, login, credentials, client.id);
  return homeServersOf(deps, request, login.username);
}

/** @param username to whom a conversation that a home server begins belongs; a relay leaves that to the home server. */
const homeServersOf = (deps: RadiusGatewayDeps, request: Request, username = ''): FirstFactorCheck =>
  deps.checkByHomeServers({
    servers: request.client.homeServers,
    attributes: request.packet.attributes,
    key: keyOf(request),
    conversation: () => JSON.stringify([request.client.id, username]),
  });

function ownFirstFactor(
  deps: RadiusGatewayDeps,
  login: Login,
  credentials: Credentials,
  asker: string,
): FirstFactorCheck {
  if (!deps.checkPassword) return refuse('home_server_unavailable');
  if (credentials.kind === 'password') return deps.checkPassword(login, credentials.password, asker);
  return refuse(credentials.kind === 'chap' ? 'chap_needs_home_server' : 'malformed_credentials');
}

const refuse =
  (
    reason:
      | 'malformed_credentials'
      | 'method_unsupported'
      | 'chap_needs_home_server'
      | 'home_server_unavailable',
  ): FirstFactorCheck =>
  async () => ({ kind: 'refused', reason, step: null });
