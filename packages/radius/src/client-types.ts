// What a RADIUS client offers towards home servers. Every way an exchange can end is a value; which server to ask is
// the caller's business.
import type { Attribute, Packet } from './packet.ts';
import type { RandomSource } from './random.ts';
import type { SignaturePeer, SignatureRefusal } from './signature-policy.ts';
import type { StopSignal } from './stop-signal.ts';
import type { Endpoint } from './udp-socket.ts';

/** A server to ask: numeric address, port, the shared secret and whether its replies must be signed. */
export interface HomeServer extends Endpoint, SignaturePeer {
  /** The address of this machine to send from; default: the system chooses. */
  readonly from?: string;
}

/** What to ask. `attributes` is called once, with the fresh Request Authenticator that hidden ones are made with. */
export interface ExchangeRequest {
  readonly code: number;
  attributes(authenticator: Uint8Array): readonly Attribute[];
}

/** `timeoutMs` is for each transmission; the request is sent `1 + retries` times at most. */
export interface ExchangeOptions {
  readonly timeoutMs: number;
  readonly retries: number;
  readonly signal?: StopSignal;
}

/** Why a datagram from the server was not taken as the reply; `bad-response-authenticator` mostly means another secret. */
export type ReplyRefusal =
  | SignatureRefusal
  | 'malformed'
  | 'unexpected-identifier'
  | 'unexpected-code'
  | 'bad-response-authenticator';

/**
 * How an exchange ended.
 * `reply`: a genuine one; `authenticator` is that of the request, with which its hidden attributes are revealed.
 * `timeout`: nothing usable came; `refusal` is why the last datagram was not taken, if there was one.
 * `unreachable`: the network said so; with `delivered: 'no'` the server has certainly not seen the request.
 * `exhausted`: too many requests to this server are in flight. `aborted`: by the signal or by `close`.
 */
export type ExchangeResult =
  | { readonly kind: 'reply'; readonly packet: Packet; readonly authenticator: Uint8Array }
  | { readonly kind: 'timeout'; readonly refusal: ReplyRefusal | undefined }
  | { readonly kind: 'unreachable'; readonly error: Error; readonly delivered: 'no' | 'unknown' }
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'aborted' };

/** For counters: a datagram that was not taken, or a request sent again. */
export interface RadiusClientEvent {
  readonly kind: ReplyRefusal | 'retransmission';
  readonly server: Endpoint;
}

export interface RadiusClientOptions {
  /** Sockets per server, 256 requests in flight on each. Default 16. */
  readonly maxSocketsPerServer?: number;
  /** Default: the system's generator. */
  readonly random?: RandomSource;
  /** Must not throw. */
  observe?(event: RadiusClientEvent): void;
}

export interface RadiusClient {
  /**
   * Asks one server. Adds Message-Authenticator as first attribute, retransmits the same bytes. Rejects only with the
   * RadiusError of a request that cannot be encoded, or with what `attributes` throws.
   */
  exchange(server: HomeServer, request: ExchangeRequest, options: ExchangeOptions): Promise<ExchangeResult>;
  /** Status-Server (RFC 5997): `reply` means that the server is alive and shares the secret. */
  probe(server: HomeServer, options: ExchangeOptions): Promise<ExchangeResult>;
  /** Ends every exchange as `aborted` and closes the sockets. */
  close(): Promise<void>;
}
