// RADIUS servers as user sources: they say whether a password is right, and nothing else. PAP, signed both ways (RFC 3579 3.2): an answer
// without Message-Authenticator may have been forged on the way (CVE-2024-3596) and is none.
import {
  Code,
  createRadiusClient,
  type ExchangeRequest,
  hideUserPassword,
  rfc2865,
  writeAttribute,
} from '@countersign/radius';
import type { LoadedHomeServer } from '#core/radius-clients/radius-client.ts';
import type {
  DirectoryAnswer,
  DirectoryUser,
  PasswordCheck,
  RadiusSourceSettings,
} from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Secret } from '#platform/secret.ts';
import type { FindAddresses } from '../directories/host-addresses.ts';
import { type AskedServer, askInOrder } from '../home-servers/ask-in-order.ts';
import { probeRadius } from './probe-radius.ts';
import { idOfName, type RadiusName, radiusName } from './radius-name.ts';
import { serversOf } from './radius-servers.ts';
import { faultOf } from './radius-words.ts';

export interface RadiusSourcesDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly findAddresses: FindAddresses;
  /** Told how each question ended and how long it took, in milliseconds. */
  readonly observe: (
    settings: RadiusSourceSettings,
    operation: 'verify',
    result: DirectoryAnswer['kind'],
    ms: number,
    detail?: string,
  ) => void;
  /** Told whether a server could be asked; not of what was called off. @param cause why not */
  readonly heard: (settings: RadiusSourceSettings, cause: string | undefined) => void;
}

/** A login waits no longer than for so many servers that are silent. */
const silentServers = 3;
/** RFC 2865 5.2. */
const maxPasswordOctets = 128;
const usualIdentifier = 'countersign';

export function connectRadiusSources(deps: RadiusSourcesDeps): PasswordCheck<RadiusSourceSettings> {
  const client = createRadiusClient({ random: deps.random.bytes });
  const inOrder = askInOrder(client, deps.clock, () => undefined);

  const ask = async (
    settings: RadiusSourceSettings,
    name: Usable,
    password: Uint8Array,
    signal: AbortSignal,
  ): Promise<DirectoryAnswer> => {
    const longest = silentServers * settings.tries * settings.answer_ms;
    const within = AbortSignal.any([signal, AbortSignal.timeout(longest)]);
    const { servers, faults } = await serversOf(deps.findAddresses, settings, within);
    const asked = await inOrder.ask(servers, requestOf(settings, name.sent, password), within);
    return answerOf(settings, name, asked) ?? unavailable([...faults, ...asked.map(faultOf)]);
  };

  return {
    async verify(settings, typed, password, signal) {
      const name = radiusName(typed, settings.realm);
      if (name.kind === 'unusable')
        return { kind: 'not_found', tried: `the name cannot be used: ${name.why}` };
      const octets = octetsOf(password);
      if (typeof octets === 'string')
        return { kind: 'refused', reason: octets, user: personOf(settings, name) };
      const since = deps.clock.monotonic();
      const answer = await ask(settings, name, octets, signal);
      const detail = answer.kind === 'unavailable' ? answer.detail : undefined;
      deps.observe(settings, 'verify', answer.kind, deps.clock.monotonic() - since, detail);
      if (detail === undefined || !signal.aborted) deps.heard(settings, detail);
      return answer;
    },
    probe: (settings, signal) => probeRadius({ ...deps, client, request: requestOf }, settings, signal),
    close: () => client.close(),
  };
}

type Usable = Extract<RadiusName, { kind: 'usable' }>;

function octetsOf(password: Secret): Uint8Array | 'empty_password' | 'password_too_long' {
  const octets = Buffer.from(password.reveal());
  if (octets.length === 0) return 'empty_password';
  // The padding is taken for the end of it: what is behind would not count (RFC 2865 5.2).
  return octets.length > maxPasswordOctets || octets.at(-1) === 0 ? 'password_too_long' : octets;
}

/** An Access-Request with PAP; the client signs it. */
export const requestOf =
  ({ nas_identifier: identifier }: RadiusSourceSettings, name: string, password: Uint8Array) =>
  ({ secret }: LoadedHomeServer): ExchangeRequest => ({
    code: Code.AccessRequest,
    attributes: (authenticator) => [
      writeAttribute(rfc2865.UserName, name),
      writeAttribute(rfc2865.UserPassword, hideUserPassword(password, { secret, authenticator })),
      writeAttribute(rfc2865.NasIdentifier, identifier || usualIdentifier),
    ],
  });

/** Undefined when nobody answered. */
function answerOf(
  settings: RadiusSourceSettings,
  name: Usable,
  asked: readonly AskedServer[],
): DirectoryAnswer | undefined {
  const result = asked.at(-1)?.result;
  if (result?.kind !== 'reply') return undefined;
  const user = personOf(settings, name);
  switch (result.packet.code) {
    case Code.AccessAccept:
      return { kind: 'found', user };
    case Code.AccessChallenge:
      return { kind: 'refused', reason: 'radius_challenged', user };
    default:
      return { kind: 'refused', reason: 'radius_rejected', user };
  }
}

/** All that can be known. */
const personOf = ({ id }: RadiusSourceSettings, { username }: Usable): DirectoryUser => ({
  guid: idOfName(id, username),
  dn: '',
  username,
  full_name: '',
  email: '',
  phone: '',
  teams: [],
  enabled: true,
});

const unavailable = (faults: readonly string[]): DirectoryAnswer => ({
  kind: 'unavailable',
  detail: faults.join('; '),
});
