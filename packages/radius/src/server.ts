// A RADIUS authentication server over UDP: from datagrams to questions for one handler, and its answers back. Decides
// nothing itself.
import type { Socket } from 'node:dgram';
import { checkAccessRequest } from './access-request.ts';
import { DuplicateCache } from './duplicate-cache.ts';
import { RadiusError } from './errors.ts';
import { plainAddress } from './ip-address.ts';
import { type Attribute, Code, decodePacket, encodedLength, type Packet } from './packet.ts';
import type { RunningRequest } from './running-requests.ts';
import { createRequest, isSigned } from './server-request.ts';
import {
  type Answer,
  answeredLater,
  type HandedDatagram,
  type RadiusClientRecord,
  type RadiusReply,
  type RadiusServer,
  type RadiusServerEventKind,
  type RadiusServerOptions,
} from './server-types.ts';
import { hasRoomForReject, signReply } from './sign-packet.ts';
import { SignatureGuard } from './signature-policy.ts';
import { bindSocket, closeSocket, type Endpoint, openSocket } from './udp-socket.ts';

const DEFAULT_WINDOW_MS = 30_000;
/** How often replies that have expired are forgotten while nothing comes. */
const SWEEP_MS = 10_000;
const DEFAULT_MAX_ENTRIES = 131_072;
const DEFAULT_MAX_IN_FLIGHT = 16_384;

/** How answers leave. */
interface WayOut {
  send(bytes: Uint8Array, to: Endpoint, done: (error: Error | null) => void): void;
}

/** One datagram on its way through the server. `from` is where to answer; `source` is the same for people. */
interface Arrival<C> {
  readonly way: WayOut;
  readonly listener: Endpoint;
  readonly from: Endpoint;
  readonly source: Endpoint;
  readonly bytes: Uint8Array;
  client: C | undefined;
}

/** A request that is being handled. */
interface Asked<C> {
  readonly arrival: Arrival<C>;
  readonly client: C;
  readonly exchange: RunningRequest;
}

/** Creates a server that listens nowhere yet; see `RadiusServerOptions` for what it asks of the caller. */
export function createRadiusServer<C extends RadiusClientRecord>(
  options: RadiusServerOptions<C>,
): RadiusServer {
  const server = new UdpServer(options);
  return {
    listen: (endpoint) => server.listen(endpoint),
    receive: (datagram) => server.receive(datagram),
    stop: (graceMs) => server.stop(graceMs),
    get inFlight() {
      return server.inFlight;
    },
  };
}

class UdpServer<C extends RadiusClientRecord> {
  readonly #options: RadiusServerOptions<C>;
  readonly #duplicates: DuplicateCache;
  readonly #signatures = new SignatureGuard();
  readonly #sockets = new Set<Socket>();
  #sweeping: NodeJS.Timeout | undefined;
  #stopping = false;
  #idle: (() => void) | undefined;

  constructor(options: RadiusServerOptions<C>) {
    this.#options = options;
    this.#duplicates = new DuplicateCache({
      windowMs: options.duplicateWindowMs ?? DEFAULT_WINDOW_MS,
      maxEntries: options.maxDuplicates ?? DEFAULT_MAX_ENTRIES,
      maxInFlight: options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT,
    });
  }

  get inFlight(): number {
    return this.#duplicates.running;
  }

  async listen(endpoint: Endpoint & { readonly ipv6Only?: boolean }): Promise<Endpoint> {
    const socket = openSocket(endpoint.address, endpoint.ipv6Only);
    const listener = await bindSocket(socket, endpoint);
    this.#sockets.add(socket);
    this.#sweeping ??= setInterval(
      () => this.#duplicates.forgetExpired(this.#options.now()),
      SWEEP_MS,
    ).unref();
    socket.on('error', (error) => this.#options.observe?.({ kind: 'socket-failed', listener, error }));
    const way: WayOut = {
      send: (reply, to, done) => {
        if (this.#sockets.has(socket)) socket.send(reply, to.port, to.address, done);
      },
    };
    socket.on('message', (bytes, from) => {
      const source = { address: plainAddress(from.address), port: from.port };
      this.#receive({ way, listener, from, source, bytes, client: undefined });
    });
    return listener;
  }

  receive({ listener, source, bytes, answer }: HandedDatagram): void {
    const way: WayOut = { send: (reply) => answer(reply) };
    this.#receive({ way, listener, from: source, source, bytes, client: undefined });
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#sweeping);
    if (this.#duplicates.running > 0) await this.#untilIdle(graceMs);
    this.#duplicates.abortAll();
    const sockets = [...this.#sockets];
    this.#sockets.clear();
    await Promise.all(sockets.map(closeSocket));
  }

  #untilIdle(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #receive(arrival: Arrival<C>): void {
    try {
      this.#admit(arrival);
    } catch (error) {
      this.#count(error instanceof RadiusError ? 'malformed' : 'failed', arrival, error);
    }
  }

  /** From datagram to handler: every way out but the last is silence, for an answer would tell a stranger who we are. */
  #admit(arrival: Arrival<C>): void {
    const { source, listener, bytes } = arrival;
    const client = this.#options.lookupClient(source.address, listener);
    if (client === undefined) return this.#count('unknown-client', arrival);
    arrival.client = client;
    const packet = decodePacket(bytes);
    if (source.port === 0) throw new RadiusError('bad-address', 'nobody can be answered at port 0');
    if (packet.code === Code.StatusServer) return this.#answerStatus(arrival, packet, client);
    if (packet.code !== Code.AccessRequest) return this.#count('unexpected-code', arrival);
    const refusal = this.#signatures.refusal(packet, packet.authenticator, source.address, client);
    if (refusal !== undefined) return this.#count(refusal, arrival);
    checkAccessRequest(packet);
    if (!isSigned(packet) && !hasRoomForReject(packet)) return this.#count('unanswerable', arrival);
    this.#handleOnce(arrival, packet, client);
  }

  /** RFC 5997 3: only signed ones, answered at once and never through the duplicate table. */
  #answerStatus(arrival: Arrival<C>, packet: Packet, client: C): void {
    const policy = { secret: client.secret, messageAuthenticator: 'require' } as const;
    // A monitor of its own may share the address, so what it signs says nothing about the requests of that address.
    const refusal = this.#signatures.refusal(packet, packet.authenticator, arrival.source.address, policy);
    if (refusal !== undefined) return this.#count(refusal, arrival);
    const attributes: readonly Attribute[] | undefined = this.#options.status
      ? this.#options.status(client)
      : [];
    if (attributes === undefined) return this.#count('status-unready', arrival);
    this.#send(arrival, signReply({ code: Code.AccessAccept, attributes }, packet, client.secret));
    this.#count('status-answered', arrival);
  }

  #handleOnce(arrival: Arrival<C>, packet: Packet, client: C): void {
    const { listener, source, bytes } = arrival;
    const now = this.#options.now();
    const key = `${listener.port} ${listener.address} ${source.port} ${source.address} ${packet.identifier}`;
    // Bytes past Length are padding (RFC 2865 3); they do not make another request of it.
    const request = bytes.subarray(0, ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0));
    const known = this.#duplicates.find(key, request, now);
    if (known === 'in-flight') return this.#count('duplicate-in-flight', arrival);
    if (known !== undefined) {
      this.#send(arrival, known);
      return this.#count('duplicate-answered', arrival);
    }
    if (this.#stopping) return this.#count('stopping', arrival);
    if (this.#options.isOverloaded?.() === true) return this.#count('overloaded', arrival);
    const asker = { client: this.#options.shareOf?.(client) ?? source.address, source: source.address };
    const exchange = this.#duplicates.begin(key, request, now, asker);
    if (typeof exchange === 'string') return this.#count(exchange, arrival);
    this.#count('request', arrival);
    void this.#handle({ arrival, client, exchange }, packet);
  }

  async #handle(asked: Asked<C>, packet: Packet): Promise<void> {
    const { arrival, client, exchange } = asked;
    const request = createRequest(packet, client, arrival.source, arrival.listener);
    let replyTo: () => RadiusReply | undefined;
    try {
      const reply = await this.#options.handle(request, exchange, this.#answerOf(asked));
      if (reply === answeredLater) return;
      replyTo = () => reply;
    } catch (error) {
      replyTo = () => {
        throw error;
      };
    }
    this.#end(asked, packet, replyTo);
  }

  /** Made apart from `#handle`, so that it holds neither packet nor request: thousands of these wait at once. */
  #answerOf(asked: Asked<C>): Answer {
    return (replyTo) => {
      const packet = decodePacket(asked.exchange.request);
      this.#end(asked, packet, () => replyTo(packet));
    };
  }

  #end(asked: Asked<C>, packet: Packet, replyTo: () => RadiusReply | undefined): void {
    const { arrival, exchange } = asked;
    const bytes = this.#signed(asked, packet, replyTo);
    if (bytes === undefined) this.#duplicates.drop(exchange);
    else if (this.#duplicates.answer(exchange, bytes, this.#options.now())) {
      this.#send(arrival, bytes);
      this.#count('reply', arrival);
    } else this.#count('superseded', arrival);
    if (this.#duplicates.running === 0) this.#idle?.();
  }

  #signed(
    { arrival, client }: Asked<C>,
    packet: Packet,
    replyTo: () => RadiusReply | undefined,
  ): Uint8Array | undefined {
    let isMade = false;
    try {
      const reply = replyTo();
      isMade = true;
      if (reply !== undefined) return signedReply(reply, packet, client);
      this.#count('silent', arrival);
    } catch (error) {
      if (isMade) this.#count('reply-failed', arrival, error);
      else this.#count(error instanceof RadiusError ? 'malformed' : 'handler-failed', arrival, error);
    }
    return undefined;
  }

  #send(arrival: Arrival<C>, bytes: Uint8Array): void {
    arrival.way.send(bytes, arrival.from, (error) => {
      if (error !== null) this.#count('send-failed', arrival, error);
    });
  }

  #count(kind: RadiusServerEventKind, { source, listener, client }: Arrival<C>, error?: unknown): void {
    this.#options.observe?.({ kind, source, listener, client, error });
  }
}

/** @throws RadiusError when it is too long */
function signedReply(reply: RadiusReply, packet: Packet, { secret }: RadiusClientRecord): Uint8Array {
  const bytes = signReply(reply, packet, secret);
  const isOpen = reply.code === Code.AccessReject && !isSigned(packet);
  if (!isOpen || bytes.length <= encodedLength(packet)) return bytes;
  // Whoever neither signs nor passes may have forged the address: nobody is sent more than was sent in their name.
  return signReply({ code: reply.code, attributes: [] }, packet, secret);
}
