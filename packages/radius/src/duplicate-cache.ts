// Retransmitted requests (RFC 5080 2.2.2): one in flight joins, an answered one gets the same bytes again, so no
// login runs twice.
import { ByteArena } from './byte-arena.ts';

/** One request being handled. */
export interface Exchange {
  readonly key: string;
  readonly request: Uint8Array;
}

interface Answered extends Exchange {
  readonly reply: Uint8Array;
  readonly expiresAt: number;
  next: Answered | undefined;
}

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
  readonly #answered = new Map<string, Answered>();
  // The kept replies in order of expiry, which is the order of answering, as the window is the same for all. A list of
  // its own: taking the first key of a Map again and again walks over all that were deleted before it.
  #oldest: Answered | undefined;
  #newest: Answered | undefined;
  #kept = 0;
  #running = 0;
  readonly #arena = new ByteArena();

  constructor(limits: DuplicateLimits) {
    this.#limits = limits;
  }

  /** Requests begun and not yet ended, superseded ones included. */
  get running(): number {
    return this.#running;
  }

  /** What is known of exactly this request: being handled, the reply it got, or nothing. */
  find(key: string, request: Uint8Array, now: number): 'in-flight' | Uint8Array | undefined {
    const current = this.#inFlight.get(key);
    if (current !== undefined) return sameBytes(current.request, request) ? 'in-flight' : undefined;
    const answered = this.#answered.get(key);
    if (answered === undefined || answered.expiresAt <= now) return undefined;
    return sameBytes(answered.request, request) ? answered.reply : undefined;
  }

  /** Takes a new request, superseding an older one under the same key. Undefined when there is no room. */
  begin(key: string, request: Uint8Array, now: number): Exchange | undefined {
    this.#expire(now);
    if (this.#running >= this.#limits.maxInFlight || !this.#makeRoom()) return undefined;
    this.#answered.delete(key);
    const exchange = { key, request };
    this.#inFlight.set(key, exchange);
    this.#running++;
    return exchange;
  }

  /** Keeps the reply for the window. False when the sender has meanwhile asked something else: do not send it. */
  answer(exchange: Exchange, reply: Uint8Array, now: number): boolean {
    if (!this.drop(exchange)) return false;
    const { key, request } = exchange;
    const answered = {
      key,
      request: this.#arena.keep(request),
      reply: this.#arena.keep(reply),
      expiresAt: now + this.#limits.windowMs,
      next: undefined,
    };
    this.#answered.set(key, answered);
    if (this.#newest === undefined) this.#oldest = answered;
    else this.#newest.next = answered;
    this.#newest = answered;
    this.#kept++;
    return true;
  }

  /** Ends a request without a reply, so that a retransmission is handled anew. False when it was superseded. */
  drop(exchange: Exchange): boolean {
    this.#running--;
    if (this.#inFlight.get(exchange.key) !== exchange) return false;
    return this.#inFlight.delete(exchange.key);
  }

  #expire(now: number): void {
    while (this.#oldest !== undefined && this.#oldest.expiresAt <= now) this.#forget(this.#oldest);
  }

  #makeRoom(): boolean {
    if (this.#inFlight.size + this.#kept < this.#limits.maxEntries) return true;
    if (this.#oldest === undefined) return false;
    this.#forget(this.#oldest);
    return true;
  }

  #forget(oldest: Answered): void {
    this.#oldest = oldest.next;
    if (this.#oldest === undefined) this.#newest = undefined;
    this.#kept--;
    // The key may since belong to a newer reply.
    if (this.#answered.get(oldest.key) === oldest) this.#answered.delete(oldest.key);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
