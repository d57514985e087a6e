// Retransmitted requests (RFC 5080 2.2.2): one in flight joins, an answered one gets the same bytes again, so no
// login runs twice.
import { FairShare } from './fair-share.ts';
import { KeptReplies } from './kept-replies.ts';

/** Who asks: the client whose share is taken, and the address, which may be one of many of that client. */
export interface Asker {
  readonly client: string;
  readonly source: string;
}

/** One request being handled. */
export interface Exchange {
  readonly key: string;
  readonly request: Uint8Array;
  readonly asker: Asker;
}

/** Why there is no room for one more request. */
export type RoomRefusal = 'table-full' | 'client-share' | 'source-share';

/** One address may hold half of what is free, so that the others of its client still find their share. */
const SOURCE_PORTION = 0.5;

/** Limits of the table; `windowMs` is how long a reply is kept. */
export interface DuplicateLimits {
  readonly windowMs: number;
  readonly maxEntries: number;
  readonly maxInFlight: number;
}

/**
 * Keyed by listener, source address, source port and identifier. A retransmission repeats every byte (RFC 2865 2.5);
 * comparing all of them, not the Request Authenticator alone, keeps a client with a poor random source from being
 * handed the reply to somebody else's request.
 */
export class DuplicateCache {
  readonly #limits: DuplicateLimits;
  readonly #inFlight = new Map<string, Exchange>();
  readonly #kept: KeptReplies;
  #running = 0;
  readonly #clients: FairShare;
  readonly #sources: FairShare;

  constructor(limits: DuplicateLimits) {
    this.#limits = limits;
    this.#kept = new KeptReplies(limits.maxEntries);
    this.#clients = new FairShare(limits.maxInFlight);
    this.#sources = new FairShare(limits.maxInFlight, SOURCE_PORTION);
  }

  /** Requests begun and not yet ended, superseded ones included. */
  get running(): number {
    return this.#running;
  }

  /** What is known of exactly this request: being handled, the reply it got, or nothing. */
  find(key: string, request: Uint8Array, now: number): 'in-flight' | Uint8Array | undefined {
    const current = this.#inFlight.get(key);
    if (current !== undefined) return sameBytes(current.request, request) ? 'in-flight' : undefined;
    return this.#kept.find(key, request, now);
  }

  /** Takes a new request, superseding an older one under the same key; or says why there is no room for it. */
  begin(key: string, request: Uint8Array, now: number, asker: Asker): Exchange | RoomRefusal {
    this.#kept.forgetExpired(now);
    if (this.#running >= this.#limits.maxInFlight) return 'table-full';
    if (!this.#clients.allows(asker.client, this.#running)) return 'client-share';
    if (!this.#sources.allows(asker.source, this.#running)) return 'source-share';
    if (!this.#makeRoom()) return 'table-full';
    this.#kept.forget(key);
    const exchange = { key, request, asker };
    this.#inFlight.set(key, exchange);
    this.#running++;
    this.#clients.take(asker.client);
    this.#sources.take(asker.source);
    return exchange;
  }

  /** Keeps the reply for the window. False when the sender has meanwhile asked something else: do not send it. */
  answer(exchange: Exchange, reply: Uint8Array, now: number): boolean {
    if (!this.drop(exchange)) return false;
    this.#kept.keep(exchange.key, exchange.request, reply, now + this.#limits.windowMs);
    return true;
  }

  /** Ends a request without a reply, so that a retransmission is handled anew. False when it was superseded. */
  drop(exchange: Exchange): boolean {
    this.#running--;
    this.#clients.giveBack(exchange.asker.client);
    this.#sources.giveBack(exchange.asker.source);
    if (this.#inFlight.get(exchange.key) !== exchange) return false;
    return this.#inFlight.delete(exchange.key);
  }

  #makeRoom(): boolean {
    if (this.#inFlight.size + this.#kept.size < this.#limits.maxEntries) return true;
    if (this.#kept.size === 0) return false;
    this.#kept.forgetOldest();
    return true;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
