// Plays a RADIUS client of our own server, from this machine: for `doctor`, which wants to know whether a door opens and closes.
import {
  Code,
  createClientTable,
  createRadiusClient,
  type ExchangeResult,
  type HomeServer,
  hideUserPassword,
  rfc2865,
  writeAttribute,
} from '@countersign/radius';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import type { Random } from '#platform/random.ts';

/** What came back: a reply by its kind, or why there was none. */
export type Answer =
  | 'accepted'
  | 'rejected'
  | 'challenged'
  | Exclude<ExchangeResult['kind'], 'reply' | 'timeout'>
  | 'silence'
  /** Replies came, but not from somebody who has the shared secret. */
  | 'not_genuine';

/** A server to ask, and the address of this machine to ask from. */
export type Door = HomeServer;

export interface LoginPlayer {
  /** A login with this name and a random password. @param withinMs for the one transmission */
  login(door: Door, username: string, withinMs: number): Promise<Answer>;
  /** Status-Server. */
  status(door: Door, withinMs: number): Promise<Answer>;
  close(): Promise<void>;
}

export function openLoginPlayer(random: Random): LoginPlayer {
  const client = createRadiusClient({ random: random.bytes });
  return {
    async login(door, username, withinMs) {
      const password = Buffer.from(random.bytes(24)).toString('base64url');
      const attributes = (authenticator: Uint8Array) => [
        writeAttribute(rfc2865.UserName, username),
        writeAttribute(
          rfc2865.UserPassword,
          hideUserPassword(Buffer.from(password), { secret: door.secret, authenticator }),
        ),
        writeAttribute(rfc2865.NasIdentifier, 'countersign doctor'),
      ];
      const request = { code: Code.AccessRequest, attributes };
      return answerOf(await client.exchange(door, request, { timeoutMs: withinMs, retries: 0 }));
    },
    status: async (door, withinMs) => answerOf(await client.probe(door, { timeoutMs: withinMs, retries: 0 })),
    close: () => client.close(),
  };
}

function answerOf(result: ExchangeResult): Answer {
  if (result.kind === 'timeout') return result.refusal === undefined ? 'silence' : 'not_genuine';
  if (result.kind !== 'reply') return result.kind;
  if (result.packet.code === Code.AccessAccept) return 'accepted';
  return result.packet.code === Code.AccessChallenge ? 'challenged' : 'rejected';
}

/** For each RADIUS client by id an address of this machine that the server takes for that client; absent where there is none. */
export function addressesOfClients(
  clients: readonly LoadedRadiusClient[],
  ownAddresses: readonly string[],
): ReadonlyMap<string, string> {
  const table = createClientTable(clients.map((client) => [client.network, client] as const));
  // Every address of 127.0.0.0/8 is this machine.
  const loopback = clients.flatMap(({ network }) => /^127\.[0-9.]+/.exec(network)?.[0] ?? []);
  const found = new Map<string, string>();
  for (const address of [...ownAddresses, ...loopback]) {
    const client = table.lookup(address);
    if (client && !found.has(client.id)) found.set(client.id, address);
  }
  return found;
}
