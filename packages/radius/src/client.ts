// A RADIUS client over UDP: fresh identifier and authenticator for every request, identical retransmissions, only
// genuine replies. Lists of servers, dead time and failover belong to the caller.
import { verifyResponseAuthenticator } from './authenticator.ts';
import { Exchange } from './client-exchange.ts';
import { ClientSocket } from './client-socket.ts';
import type {
  ExchangeOptions,
  ExchangeRequest,
  ExchangeResult,
  HomeServer,
  RadiusClient,
  RadiusClientEvent,
  RadiusClientOptions,
  ReplyRefusal,
} from './client-types.ts';
import { Code, type Packet } from './packet.ts';
import { createRandomSource, type RandomSource } from './random.ts';
import { signRequest } from './sign-packet.ts';
import { SignatureGuard } from './signature-policy.ts';

const DEFAULT_MAX_SOCKETS = 16;
const AUTHENTICATOR_LENGTH = 16;

/** RFC 2865 4.1, RFC 2866 4.1, RFC 5997 3: what may answer what. */
const REPLY_CODES: ReadonlyMap<number, readonly number[]> = new Map([
  [Code.AccessRequest, [Code.AccessAccept, Code.AccessReject, Code.AccessChallenge]],
  [Code.StatusServer, [Code.AccessAccept, Code.AccountingResponse]],
]);

/** Creates a client; sockets open on first use and close when idle. */
export function createRadiusClient(options: RadiusClientOptions = {}): RadiusClient {
  const client = new UdpClient(options);
  return {
    exchange: (server, request, exchangeOptions) => client.exchange(server, request, exchangeOptions),
    probe: (server, exchangeOptions) =>
      client.exchange(server, { code: Code.StatusServer, attributes: () => [] }, exchangeOptions),
    close: () => client.close(),
  };
}

class UdpClient {
  readonly #maxSockets: number;
  readonly #random: RandomSource;
  readonly #observe: (event: RadiusClientEvent) => void;
  readonly #signatures = new SignatureGuard();
  readonly #sockets = new Map<string, Set<ClientSocket>>();
  #closed = false;

  constructor(options: RadiusClientOptions) {
    this.#maxSockets = options.maxSocketsPerServer ?? DEFAULT_MAX_SOCKETS;
    this.#random = options.random ?? createRandomSource();
    this.#observe = (event) => options.observe?.(event);
  }

  exchange(server: HomeServer, request: ExchangeRequest, options: ExchangeOptions): Promise<ExchangeResult> {
    if (this.#closed || options.signal?.aborted) return Promise.resolve({ kind: 'aborted' });
    const socket = this.#socketFor(server);
    if (socket === undefined) return Promise.resolve({ kind: 'exhausted' });
    const authenticator = this.#random(AUTHENTICATOR_LENGTH);
    const judge = (reply: Packet) => this.#refusal(server, request.code, reply, authenticator);
    const exchange = new Exchange(server, socket, options, { authenticator, judge, observe: this.#observe });
    return exchange.run((identifier) => {
      const attributes = request.attributes(authenticator);
      return signRequest({ code: request.code, identifier, authenticator, attributes }, server.secret);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const sockets = [...this.#sockets.values()].flatMap((set) => [...set]);
    for (const socket of sockets) socket.abortAll();
    await Promise.all(sockets.map((socket) => socket.close()));
  }

  #socketFor(server: HomeServer): ClientSocket | undefined {
    const key = `${server.address} ${server.port} ${server.from ?? ''}`;
    const sockets = this.#sockets.get(key) ?? new Set<ClientSocket>();
    this.#sockets.set(key, sockets);
    for (const socket of sockets) if (!socket.full) return socket;
    if (sockets.size >= this.#maxSockets) return undefined;
    const owner = {
      stray: () => this.#observe({ kind: 'unexpected-identifier', server }),
      closed: (socket: ClientSocket) => {
        sockets.delete(socket);
        if (sockets.size === 0) this.#sockets.delete(key);
      },
    };
    const socket = new ClientSocket(server, owner, this.#random);
    sockets.add(socket);
    return socket;
  }

  #refusal(
    server: HomeServer,
    requestCode: number,
    reply: Packet,
    authenticator: Uint8Array,
  ): ReplyRefusal | undefined {
    if (!verifyResponseAuthenticator(reply, authenticator, server.secret))
      return 'bad-response-authenticator';
    if (REPLY_CODES.get(requestCode)?.includes(reply.code) === false) return 'unexpected-code';
    const { secret, messageAuthenticator } = server;
    // A server may sign what it says of its health and nothing else, so a probe teaches `auto` nothing.
    const relaxed = requestCode === Code.StatusServer && messageAuthenticator === 'auto';
    const policy = relaxed ? 'off' : messageAuthenticator;
    const peer = `${server.address} ${server.port}`;
    return this.#signatures.refusal(reply, authenticator, peer, { secret, messageAuthenticator: policy });
  }
}
