// Requests being handled, found by key and listed, without a Map or Set: these make a new table again and again as entries come and go,
// and each old table keeps the next one alive, with all that was in it, until the next full garbage collection. Here the links are in
// the entries themselves, and are cut when an entry leaves.
import { Stop } from './stop-signal.ts';

/** Who asks: the client whose share is taken, and the address, which may be one of many of that client. */
export interface Asker {
  readonly client: string;
  readonly source: string;
}

/** One request being handled; also its own stop signal. */
export class RunningRequest extends Stop {
  readonly key: string;
  readonly hash: number;
  readonly request: Uint8Array;
  readonly asker: Asker;
  /** Whether a retransmission finds it; not so once its sender asked something else under the same key. */
  isCurrent = true;
  /** Links of `RunningRequests`. */
  nextInBucket: RunningRequest | undefined;
  previous: RunningRequest | undefined;
  next: RunningRequest | undefined;

  constructor(key: string, hash: number, request: Uint8Array, asker: Asker) {
    super();
    this.key = key;
    this.hash = hash;
    this.request = request;
    this.asker = asker;
  }
}

const BUCKETS = 16_384;

export class RunningRequests {
  readonly #buckets = Array.from<RunningRequest | undefined>({ length: BUCKETS });
  #first: RunningRequest | undefined;
  #size = 0;

  /** Superseded ones included. */
  get size(): number {
    return this.#size;
  }

  find(key: string, hash: number): RunningRequest | undefined {
    let each = this.#buckets[hash % BUCKETS];
    while (each !== undefined && each.key !== key) each = each.nextInBucket;
    return each;
  }

  /** Takes the place of the one that had its key. */
  add(exchange: RunningRequest): void {
    const bucket = exchange.hash % BUCKETS;
    const superseded = this.find(exchange.key, exchange.hash);
    if (superseded !== undefined) this.#unlink(superseded);
    exchange.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = exchange;
    exchange.next = this.#first;
    if (this.#first !== undefined) this.#first.previous = exchange;
    this.#first = exchange;
    this.#size++;
  }

  remove(exchange: RunningRequest): void {
    if (exchange.isCurrent) this.#unlink(exchange);
    const { previous, next } = exchange;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    exchange.previous = undefined;
    exchange.next = undefined;
    this.#size--;
  }

  all(): readonly RunningRequest[] {
    const all: RunningRequest[] = [];
    for (let each = this.#first; each !== undefined; each = each.next) all.push(each);
    return all;
  }

  #unlink(exchange: RunningRequest): void {
    exchange.isCurrent = false;
    const bucket = exchange.hash % BUCKETS;
    let before: RunningRequest | undefined;
    let each = this.#buckets[bucket];
    while (each !== undefined && each !== exchange) {
      before = each;
      each = each.nextInBucket;
    }
    if (before === undefined) this.#buckets[bucket] = exchange.nextInBucket;
    else before.nextInBucket = exchange.nextInBucket;
    exchange.nextInBucket = undefined;
  }
}
