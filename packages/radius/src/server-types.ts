// What a RADIUS server asks of its caller and what it offers: the whole surface between the wire and the product.
import type { ChapResponse } from './chap.ts';
import type { Attribute, Code, Packet } from './packet.ts';
import type { RoomRefusal } from './duplicate-cache.ts';
import type { StopSignal } from './stop-signal.ts';
import type { SignaturePeer, SignatureRefusal } from './signature-policy.ts';
import type { Endpoint } from './udp-socket.ts';

/** The least a client must have; the caller's own record may have more and comes back with every request. */
export type RadiusClientRecord = SignaturePeer;

/** An Access-Request that is well-formed, not a retransmission, and signed as its client's policy asks. */
export interface RadiusRequest<C> {
  readonly packet: Packet;
  readonly client: C;
  /** Where it came from; IPv4 in dotted form even on an IPv6 socket. */
  readonly source: Endpoint;
  /** The bound address it arrived at. */
  readonly listener: Endpoint;
  /** Whether it carried a (valid) Message-Authenticator. If not, the sender may not know the secret at all. */
  readonly signed: boolean;
  /** User-Password revealed, without its padding; undefined when absent. Noise when the secrets differ. */
  userPassword(): Uint8Array | undefined;
  /** The CHAP response and its challenge; undefined when absent. */
  chap(): ChapResponse | undefined;
}

/** What the handler answers. Message-Authenticator and Proxy-State are the server's business and ignored here. */
export interface RadiusReply {
  readonly code: typeof Code.AccessAccept | typeof Code.AccessReject | typeof Code.AccessChallenge;
  readonly attributes: readonly Attribute[];
}

/** What a handler gives back that will call `Answer` itself. */
export const answeredLater = Symbol('answered later');

/** Answers a request; undefined or a throw as if the handler had done so. `replyTo` is called at once, with the packet read anew. */
export type Answer = (replyTo: (packet: Packet) => RadiusReply | undefined) => void;

/**
 * What became of a datagram. Handled: `request` (given to the handler), then `reply`, `silent` (the handler wants no
 * answer), `superseded` (the sender asked something else meanwhile), `handler-failed` or `reply-failed` (too long).
 * Retransmissions: `duplicate-in-flight`, `duplicate-answered`. Dropped: `unknown-client`, `malformed`,
 * `unexpected-code`, `stopping`, `unanswerable` (unsigned, and shorter than a refusal) and the signature refusals; `bad-message-authenticator` nearly always means that the
 * shared secrets differ. Dropped for want of room: `table-full`, `client-share` and `source-share` (this client, or this
 * address, holds all that is fair), `overloaded` (the caller said so). `failed`: a callback other than the handler threw.
 */
export type RadiusServerEventKind =
  | SignatureRefusal
  | 'request'
  | 'reply'
  | 'silent'
  | 'superseded'
  | 'handler-failed'
  | 'reply-failed'
  | 'duplicate-in-flight'
  | 'duplicate-answered'
  | 'unknown-client'
  | 'malformed'
  | 'unexpected-code'
  | 'unanswerable'
  | 'overloaded'
  | RoomRefusal
  | 'stopping'
  | 'status-answered'
  | 'status-unready'
  | 'send-failed'
  | 'failed';

/** For counters and logs. `error` is there for the failures; `client` once it is known. */
export type RadiusServerEvent<C> =
  | {
      readonly kind: RadiusServerEventKind;
      readonly source: Endpoint;
      readonly listener: Endpoint;
      readonly client: C | undefined;
      readonly error: unknown;
    }
  | { readonly kind: 'socket-failed'; readonly listener: Endpoint; readonly error: unknown };

export interface RadiusServerOptions<C extends RadiusClientRecord> {
  /** The client a source address belongs to; undefined drops the datagram. */
  lookupClient(address: string, listener: Endpoint): C | undefined;
  /**
   * Answers one request; undefined or a throw leaves it unanswered, and a retransmission is then asked anew.
   * `signal` aborts when the server stops. Throwing RadiusError counts as `malformed`. Who has to wait for long gives back
   * `answeredLater` and calls `answer`, once, in the end: then nothing but the bytes of the request are kept meanwhile.
   */
  handle(
    request: RadiusRequest<C>,
    signal: StopSignal,
    answer: Answer,
  ): Promise<RadiusReply | undefined | typeof answeredLater>;
  /** Attributes for the answer to Status-Server, or undefined for "not ready": no answer. Default: always ready. */
  status?(client: C): readonly Attribute[] | undefined;
  /** Monotonic milliseconds. */
  now(): number;
  /** Told of every datagram; must not throw. */
  observe?(event: RadiusServerEvent<C>): void;
  /** How long a reply is kept for retransmissions. Default 30,000; at least what a client spends on all its retries. */
  duplicateWindowMs?: number;
  /** Requests in flight and kept replies together; beyond it the oldest reply is forgotten. Default 131,072. */
  maxDuplicates?: number;
  /** Requests being handled at once; beyond it, or beyond a fair share of it, new ones are dropped. Default 16,384. */
  maxInFlight?: number;
  /** Whose share of those a request takes; default: its source address. Clients with a network share among their addresses. */
  shareOf?(client: C): string;
  /** Asked before a new request is handled; true drops it, retransmissions of older ones are served all the same. */
  isOverloaded?(): boolean;
}

/** A datagram that comes otherwise than by a socket of the server; what is done with it is the same. */
export interface HandedDatagram {
  /** Says in events and requests where it came in; together with `source` it must name no other sender. */
  readonly listener: Endpoint;
  readonly source: Endpoint;
  readonly bytes: Uint8Array;
  /** Told the bytes of each answer, signed as any. */
  answer(bytes: Uint8Array): void;
}

export interface RadiusServer {
  /** Requests being handled now. */
  readonly inFlight: number;
  /**
   * Binds one more UDP address; port 0 takes a free one. Resolves with what was bound, rejects with the system error.
   * An IPv6 wildcard takes IPv4 too unless `ipv6Only`. Replies leave from the bound address; on a host with several,
   * list them rather than the wildcard, or the kernel chooses the source of the reply.
   */
  listen(endpoint: Endpoint & { readonly ipv6Only?: boolean }): Promise<Endpoint>;
  /** Takes a datagram in as if a socket had brought it. */
  receive(datagram: HandedDatagram): void;
  /** Takes no new requests, waits up to `graceMs` for those in flight, then aborts the rest and closes. */
  stop(graceMs: number): Promise<void>;
}
