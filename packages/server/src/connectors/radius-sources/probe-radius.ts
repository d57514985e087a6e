// “Test connection” of a RADIUS user source: each server's name, then whether it answers and shares the secret: by Status-Server (RFC 5997),
// and where that is not answered, or not signed, by a login of nobody.
import { isIP } from 'node:net';
import {
  Code,
  type ExchangeRequest,
  type ExchangeResult,
  hasAttribute,
  type RadiusClient,
  rfc2869,
} from '@countersign/radius';
import type { LoadedHomeServer } from '#core/radius-clients/radius-client.ts';
import type { DirectoryFinding, DirectoryHost, RadiusSourceSettings } from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { FindAddresses } from '../directories/host-addresses.ts';
import { discardedAnswer } from '../home-servers/discarded-answer.ts';
import { addressesOf, labelOf, serverAt } from './radius-servers.ts';
import { codeOf, remedyOf } from './radius-words.ts';

export interface ProbeDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly findAddresses: FindAddresses;
  readonly client: RadiusClient;
  readonly request: (
    settings: RadiusSourceSettings,
    name: string,
    password: Uint8Array,
  ) => (server: LoadedHomeServer) => ExchangeRequest;
}

interface Told {
  readonly passed: boolean;
  readonly sentence: string;
}

/** Sent again once: whoever waits for a test wants to know soon. */
const retries = 1;
const nobody = 'countersign-test';

export async function* probeRadius(
  deps: ProbeDeps,
  settings: RadiusSourceSettings,
  signal: AbortSignal,
): AsyncGenerator<DirectoryFinding> {
  for (const host of settings.hosts) {
    const since = deps.clock.monotonic();
    const addresses = await addressesOf(deps.findAddresses, host, signal);
    const ms = deps.clock.monotonic() - since;
    const about = { step: 'name_resolved', host: labelOf(host), ms } as const;
    if (typeof addresses === 'string') {
      yield { ...about, passed: false, sentence: `${addresses}.` };
      continue;
    }
    if (isIP(host.host) === 0)
      yield { ...about, passed: true, sentence: `${host.host} is ${addresses.join(', ')}.` };
    for (const address of addresses) yield await answered(deps, settings, { host, address }, signal);
  }
}

async function answered(
  deps: ProbeDeps,
  settings: RadiusSourceSettings,
  { host, address }: { readonly host: DirectoryHost; readonly address: string },
  signal: AbortSignal,
): Promise<DirectoryFinding> {
  const since = deps.clock.monotonic();
  const server = serverAt(settings, host, address);
  const told =
    (await askStatus(deps, server, signal)) ??
    ofLogin(
      await deps.client.exchange(server, testLogin(deps, settings, server), {
        timeoutMs: settings.answer_ms,
        retries,
        signal,
      }),
    );
  const label = address === host.host ? labelOf(host) : `${labelOf(host)} (${address})`;
  return { step: 'answered', host: label, ...told, ms: deps.clock.monotonic() - since };
}

/** Nobody has this name, and nobody this password. */
const testLogin = (
  { request, random }: ProbeDeps,
  settings: RadiusSourceSettings,
  server: LoadedHomeServer,
): ExchangeRequest =>
  request(settings, nobody, Buffer.from(Buffer.from(random.bytes(24)).toString('base64url')))(server);

/** Undefined when a login has to tell: not answered, or not signed, as some servers sign only what they say of logins. */
async function askStatus(
  { client }: ProbeDeps,
  server: LoadedHomeServer,
  signal: AbortSignal,
): Promise<Told | undefined> {
  // Nothing follows from this answer but that a login is spared.
  const unsigned = { ...server, messageAuthenticator: 'off' } as const;
  const result = await client.probe(unsigned, { timeoutMs: server.timeoutMs, retries: 0, signal });
  if (result.kind === 'timeout') return undefined;
  if (result.kind !== 'reply') return ofNoReply(result);
  return hasAttribute(result.packet.attributes, rfc2869.MessageAuthenticator)
    ? { passed: true, sentence: 'It answers, and the shared secret is the same on both sides.' }
    : undefined;
}

function ofLogin(result: ExchangeResult): Told {
  if (result.kind !== 'reply') return ofNoReply(result);
  switch (result.packet.code) {
    case Code.AccessAccept:
      return {
        passed: false,
        sentence: `It let in a user “${nobody}” with a password made up just now: it accepts everybody.`,
      };
    case Code.AccessChallenge:
      return {
        passed: false,
        sentence: `It asks a user “${nobody}” for more than a password (Access-Challenge); such logins are refused here.`,
      };
    default:
      return {
        passed: true,
        sentence:
          'It answers, and the shared secret is the same on both sides: it refused a login of nobody.',
      };
  }
}

function ofNoReply(result: Exclude<ExchangeResult, { kind: 'reply' }>): Told {
  switch (result.kind) {
    case 'timeout': {
      if (result.refusal === undefined)
        return {
          passed: false,
          sentence:
            'It gives no answer. Check that it runs, and that it knows this machine as a client with the same shared secret: many servers are silent towards others.',
        };
      const { is } = discardedAnswer[result.refusal];
      return { passed: false, sentence: `It gave an answer that ${is}. ${remedyOf(result.refusal)}` };
    }
    case 'unreachable':
      return { passed: false, sentence: `It cannot be reached (${codeOf(result.error)}).` };
    case 'exhausted':
    case 'aborted':
      return { passed: false, sentence: 'The test was given up.' };
  }
}
