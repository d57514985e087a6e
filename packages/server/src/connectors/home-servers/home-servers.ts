// Home servers check a first factor: the client's own attributes, re-encoded for each; in order, silent ones passed over for a while.
import {
  type Attribute,
  Code,
  createRadiusClient,
  type ExchangeRequest,
  type ExchangeResult,
  type HidingKey,
  hasAttribute,
  packAttributes,
  type ReplyRefusal,
  rehideAttributes,
  rfc2865,
  rfc2869,
  writeAttribute,
} from '@countersign/radius';
import type { FirstFactorCheck, FirstFactorResult } from '#core/authentication/first-factor.ts';
import type { LoadedHomeServer } from '#core/radius-clients/radius-client.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import type { Vault } from '#platform/vault.ts';
import { askInOrder } from './ask-in-order.ts';
import { openState, sealState } from './home-state.ts';

export interface Proxied {
  readonly servers: readonly LoadedHomeServer[];
  readonly attributes: readonly Attribute[];
  readonly key: HidingKey;
  /** To whom a conversation that a home server begins belongs; most never begin one. */
  readonly conversation: () => string;
}

export interface HomeServersDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly vault: Vault;
  readonly observe: ObserveExchange;
}

/**
 * Told how each exchange ended and how long it took, in milliseconds, for log and metrics.
 * @param refusal of a `timeout` why an answer that came in time was discarded, if one did
 */
export type ObserveExchange = (
  server: LoadedHomeServer,
  result: ExchangeResult['kind'] | 'unreadable',
  ms: number,
  refusal?: ReplyRefusal,
) => void;

export interface HomeServers {
  check(proxied: Proxied): FirstFactorCheck;
  /** Asks whether a home server is alive and shares the secret. */
  probe(server: LoadedHomeServer, signal: StopSignal): Promise<ExchangeResult>;
  /** Those asked so far, and whether each answered the last time. */
  standing(): readonly { readonly name: string; readonly answers: boolean }[];
  close(): Promise<void>;
}

export function connectHomeServers(deps: HomeServersDeps): HomeServers {
  const client = createRadiusClient({ random: deps.random.bytes });
  const asked = new Map<string, { readonly name: string; readonly answers: boolean }>();
  const inOrder = askInOrder(client, deps.clock, ({ server, result }, ms) => {
    const refusal = result.kind === 'timeout' ? result.refusal : undefined;
    deps.observe(server, result.kind, ms, refusal);
    const { kind } = result;
    if (kind !== 'aborted') asked.set(server.id, { name: server.name, answers: kind === 'reply' });
  });

  return {
    check: (proxied) => async (_user, signal) => {
      const begun = beginOrContinue(deps, proxied);
      if (!begun) return { kind: 'refused', reason: 'challenge_unknown', step: null };
      const request = (server: LoadedHomeServer): ExchangeRequest => ({
        code: Code.AccessRequest,
        attributes: (authenticator) =>
          rehideAttributes(forwarded(begun), begun.key, { secret: server.secret, authenticator }, () =>
            deps.random.bytes(2),
          ),
      });
      const last = (await inOrder.ask(begun.servers, request, signal)).at(-1);
      if (last?.result.kind === 'reply') return resultOf(deps, last.server, begun, last.result);
      return { kind: 'refused', reason: 'home_server_unavailable', step: null };
    },
    probe: (server, signal) =>
      client.probe(server, { timeoutMs: server.timeoutMs, retries: server.tries - 1, signal }),
    standing: () => [...asked.values()],
    close: () => client.close(),
  };
}

/** A conversation goes on with the home server that began it, and with that server's own State. */
function beginOrContinue(deps: HomeServersDeps, proxied: Proxied): Proxied | undefined {
  const state = proxied.attributes.find(({ type }) => type === rfc2865.State.type);
  if (!state) return proxied;
  const opened = openState(deps, proxied.conversation(), state.value);
  if (!opened) return undefined;
  return {
    ...proxied,
    servers: proxied.servers.filter(({ id }) => id === opened.homeServerId),
    attributes: proxied.attributes.map((each) =>
      each === state ? { type: state.type, value: opened.state } : each,
    ),
  };
}

/** Both belong to one leg alone. */
const isPassedOn = ({ type }: Attribute): boolean =>
  type !== rfc2865.ProxyState.type && type !== rfc2869.MessageAuthenticator.type;

/** What the home server gets: everything but what belongs to the leg between client and us. */
function forwarded({ attributes, key }: Proxied): readonly Attribute[] {
  const passed = attributes.filter(isPassedOn);
  const chapWithoutChallenge =
    hasAttribute(passed, rfc2865.ChapPassword) && !hasAttribute(passed, rfc2865.ChapChallenge);
  // RFC 2865 2.2: without the attribute the Request Authenticator is the challenge, and ours is another one.
  return chapWithoutChallenge
    ? [...passed, writeAttribute(rfc2865.ChapChallenge, key.authenticator)]
    : passed;
}

type Reply = Extract<ExchangeResult, { kind: 'reply' }>;

function resultOf(
  deps: HomeServersDeps,
  server: LoadedHomeServer,
  proxied: Proxied,
  { packet, authenticator }: Reply,
): FirstFactorResult {
  const details = { home_server: server.name };
  const key = { secret: server.secret, authenticator };
  const unreadable = (): FirstFactorResult => {
    deps.observe(server, 'unreadable', 0);
    return { kind: 'refused', reason: 'home_server_unavailable', step: null };
  };
  const attributes =
    packet.code === Code.AccessChallenge
      ? withOurState(deps, server, proxied, packet.attributes)
      : packet.attributes;
  if (!attributes) return unreadable();
  const doorData = pack(attributes, key, deps);
  if (!doorData) return unreadable();
  switch (packet.code) {
    case Code.AccessAccept:
      return { kind: 'verified', step: { code: 'home_server_accepted', details }, doorData };
    case Code.AccessReject:
      return {
        kind: 'refused',
        reason: 'first_factor_refused',
        step: { code: 'home_server_refused', details },
        doorData,
      };
    case Code.AccessChallenge:
      return { kind: 'asks', doorData };
    default:
      return unreadable();
  }
}

function withOurState(
  deps: HomeServersDeps,
  server: LoadedHomeServer,
  { conversation }: Proxied,
  attributes: readonly Attribute[],
): readonly Attribute[] | undefined {
  const theirs = attributes.find(({ type }) => type === rfc2865.State.type);
  if (!theirs) return attributes;
  const value = sealState(deps, conversation(), { homeServerId: server.id, state: theirs.value });
  return value && attributes.map((each) => (each === theirs ? { type: theirs.type, value } : each));
}

/** @returns undefined when a hidden value cannot be revealed, which a genuine reply does not have */
function pack(
  attributes: readonly Attribute[],
  key: HidingKey,
  { random }: HomeServersDeps,
): Uint8Array | undefined {
  try {
    return packAttributes(attributes.filter(isPassedOn), key, random.bytes);
  } catch {
    return undefined;
  }
}
