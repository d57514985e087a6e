// Plays a RADIUS client in this process: a real packet, hidden and signed with the client's own secret, goes through the very server that
// its packets go through. Only the socket is missing.
import {
  type Attribute,
  Code,
  decodePacket,
  hideUserPassword,
  type Packet,
  type RadiusServer,
  readAll,
  rfc2865,
  rfc2866,
  signRequest,
  writeAttribute,
} from '@countersign/radius';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import type { LoginToPlay, Played, PlayLogin } from '#core/radius-clients/test-login.ts';
import type { Random } from '#platform/random.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import type { ClientDirectory } from './client-directory.ts';
import type { PlayedLogins } from './played-logins.ts';

export interface PlayDeps {
  readonly server: Pick<RadiusServer, 'receive'>;
  readonly clients: ClientDirectory;
  readonly random: Random;
  readonly played: PlayedLogins;
}

const maxPort = 65_535;

export function playLogin(deps: PlayDeps): PlayLogin {
  let plays = 0;
  return async (login, signal) => {
    await deps.clients.refresh();
    const address = deps.clients.addressOf(login.clientId);
    const client = address === undefined ? undefined : deps.clients.lookup(address);
    if (address === undefined || !client) return { answer: 'unreachable', requestId: null, message: null };
    plays += 1;
    // A port of its own, so that no two logins under way are taken for one.
    const source = { address, port: (plays % maxPort) + 1 };
    return exchange(deps, { source, bytes: packetOf(deps.random, client, login) }, signal);
  };
}

/** What tells this login from any other, as gateways do: otherwise a second try would join the first. */
function packetOf({ bytes }: Random, { secret }: LoadedRadiusClient, login: LoginToPlay): Uint8Array {
  const authenticator = bytes(16);
  const password = hideUserPassword(Buffer.from(login.password), { secret, authenticator });
  const attributes: Attribute[] = [
    writeAttribute(rfc2865.UserName, login.username),
    writeAttribute(rfc2865.UserPassword, password),
    writeAttribute(rfc2865.NasIdentifier, 'countersign-test-login'),
    writeAttribute(rfc2865.CallingStationId, login.from),
    writeAttribute(rfc2866.AcctSessionId, Buffer.from(bytes(8)).toString('hex')),
  ];
  const [identifier = 0] = bytes(1);
  return signRequest({ code: Code.AccessRequest, identifier, authenticator, attributes }, secret);
}

interface Handed {
  readonly source: { readonly address: string; readonly port: number };
  readonly bytes: Uint8Array;
}

async function exchange(
  { server, played }: PlayDeps,
  { source, bytes }: Handed,
  signal: StopSignal,
): Promise<Played> {
  const { promise, resolve } = Promise.withResolvers<Packet | undefined>();
  const giveUp = () => resolve(undefined);
  const listener = { address: 'test login', port: 0 };
  let requestId: string | null = null;
  const forget = played.begin(listener, {
    decided: (outcome) => {
      if ('requestId' in outcome) ({ requestId } = outcome);
    },
    dropped: giveUp,
  });
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  else server.receive({ listener, source, bytes, answer: (reply) => resolve(decodePacket(reply)) });
  try {
    const reply = await promise;
    return { answer: answerOf(reply), requestId, message: reply ? messageOf(reply) : null };
  } finally {
    forget();
    signal.removeEventListener('abort', giveUp);
  }
}

function answerOf(reply: Packet | undefined): Played['answer'] {
  if (!reply) return 'silence';
  if (reply.code === Code.AccessAccept) return 'accepted';
  return reply.code === Code.AccessChallenge ? 'challenged' : 'rejected';
}

/** What a gateway would show; longer texts come in several attributes (RFC 2865 5.18). */
const messageOf = ({ attributes }: Packet): string | null =>
  readAll(attributes, rfc2865.ReplyMessage).join('') || null;
