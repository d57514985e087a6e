// Retransmitted requests (RFC 5080 2.2.2): one in flight joins, an answered one gets the same bytes again, so no
// login runs twice.
import { randomInt } from 'node:crypto';
import { FairShare } from './fair-share.ts';
import { KeptReplies } from './kept-replies.ts';
import { type Asker, RunningRequest, RunningRequests } from './running-requests.ts';

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
  readonly #running = new RunningRequests();
  readonly #kept: KeptReplies;
  readonly #clients: FairShare;
  readonly #sources: FairShare;
  /** Hashed last: `begin` mostly follows `find` with the very same key. */
  #hashedKey = '';
  #hash = hashOf('');

  constructor(limits: DuplicateLimits) {
    this.#limits = limits;
    this.#kept = new KeptReplies(limits.maxEntries);
    this.#clients = new FairShare(limits.maxInFlight);
    this.#sources = new FairShare(limits.maxInFlight, SOURCE_PORTION);
  }

  /** Requests begun and not yet ended, superseded ones included. */
  get running(): number {
    return this.#running.size;
  }

  /** What is known of exactly this request: being handled, the reply it got, or nothing. */
  find(key: string, request: Uint8Array, now: number): 'in-flight' | Uint8Array | undefined {
    const hash = this.#hashOf(key);
    const current = this.#running.find(key, hash);
    if (current !== undefined) return sameBytes(current.request, request) ? 'in-flight' : undefined;
    return this.#kept.find(hash, request, now);
  }

  /** Takes a new request, superseding an older one under the same key; or says why there is no room for it. */
  begin(key: string, request: Uint8Array, now: number, asker: Asker): RunningRequest | RoomRefusal {
    this.#kept.forgetExpired(now);
    const { size } = this.#running;
    if (size >= this.#limits.maxInFlight) return 'table-full';
    if (!this.#clients.allows(asker.client, size)) return 'client-share';
    if (!this.#sources.allows(asker.source, size)) return 'source-share';
    if (!this.#makeRoom()) return 'table-full';
    const hash = this.#hashOf(key);
    this.#kept.forget(hash);
    const exchange = new RunningRequest(key, hash, request, asker);
    this.#running.add(exchange);
    this.#clients.take(asker.client);
    this.#sources.take(asker.source);
    return exchange;
  }

  /** Keeps the reply for the window. False when the sender has meanwhile asked something else: do not send it. */
  answer(exchange: RunningRequest, reply: Uint8Array, now: number): boolean {
    if (!this.drop(exchange)) return false;
    this.#kept.keep(exchange.hash, exchange.request, reply, now + this.#limits.windowMs);
    return true;
  }

  /** Ends a request without a reply, so that a retransmission is handled anew. False when it was superseded. */
  drop(exchange: RunningRequest): boolean {
    const { isCurrent, asker } = exchange;
    this.#running.remove(exchange);
    this.#clients.giveBack(asker.client);
    this.#sources.giveBack(asker.source);
    return isCurrent;
  }

  /** Gives back the memory of replies that nobody can ask for any more; for the times when nothing else comes. */
  forgetExpired(now: number): void {
    this.#kept.forgetExpired(now);
  }

  /** Tells every request that is being handled to end. */
  abortAll(): void {
    for (const exchange of this.#running.all()) exchange.abort();
  }

  #hashOf(key: string): number {
    if (key !== this.#hashedKey) {
      this.#hashedKey = key;
      this.#hash = hashOf(key);
    }
    return this.#hash;
  }

  #makeRoom(): boolean {
    if (this.#running.size + this.#kept.size < this.#limits.maxEntries) return true;
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

/** FNV-1a begins anywhere, so that nobody can work out beforehand which keys fall together. */
const seed = randomInt(2 ** 31);

/** 30 bits, which the engine keeps without an object. */
function hashOf(key: string): number {
  let hash = seed;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
}
