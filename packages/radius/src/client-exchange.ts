// One request to a home server from first transmission to its single end: reply, timeout, network error or abort.
import type { ClientSocket, Waiter } from './client-socket.ts';
import type { ExchangeOptions, ExchangeResult, RadiusClientEvent, ReplyRefusal } from './client-types.ts';
import { RadiusError } from './errors.ts';
import { decodePacket, type Packet } from './packet.ts';
import type { Endpoint } from './udp-socket.ts';

/** What an exchange needs to know of its client. */
export interface ExchangeContext {
  readonly authenticator: Uint8Array;
  judge(reply: Packet): ReplyRefusal | undefined;
  observe(event: RadiusClientEvent): void;
}

/** One request on its way: sent, sent again, answered or given up. Ends exactly once. */
export class Exchange implements Waiter {
  readonly #server: Endpoint;
  readonly #socket: ClientSocket;
  readonly #options: ExchangeOptions;
  readonly #context: ExchangeContext;
  readonly #identifier: number;
  #bytes: Uint8Array = new Uint8Array();
  #transmissions = 0;
  #refusal: ReplyRefusal | undefined;
  #timer: NodeJS.Timeout | undefined;
  #resolve: ((result: ExchangeResult) => void) | undefined;
  readonly #aborted = () => this.abort();

  constructor(server: Endpoint, socket: ClientSocket, options: ExchangeOptions, context: ExchangeContext) {
    this.#server = server;
    this.#socket = socket;
    this.#options = options;
    this.#context = context;
    this.#identifier = socket.reserve(this);
  }

  run(encode: (identifier: number) => Uint8Array): Promise<ExchangeResult> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      try {
        this.#bytes = encode(this.#identifier);
      } catch (error) {
        this.#socket.release(this.#identifier);
        this.#resolve = undefined;
        return reject(error instanceof Error ? error : new Error(String(error)));
      }
      this.#options.signal?.addEventListener('abort', this.#aborted, { once: true });
      this.#transmit();
    });
  }

  receive(bytes: Uint8Array): void {
    const packet = decoded(bytes);
    const refusal = judged(packet, this.#context.judge);
    if (packet !== undefined && refusal === undefined) {
      return this.#finish({ kind: 'reply', packet, authenticator: this.#context.authenticator });
    }
    this.#refusal = refusal;
    if (refusal !== undefined) this.#context.observe({ kind: refusal, server: this.#server });
  }

  fail(error: Error, alone: boolean): void {
    const delivered = alone && this.#transmissions === 1 ? 'no' : 'unknown';
    this.#finish({ kind: 'unreachable', error, delivered });
  }

  abort(): void {
    this.#finish({ kind: 'aborted' });
  }

  #finish(result: ExchangeResult): void {
    if (this.#resolve === undefined) return;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#aborted);
    this.#socket.release(this.#identifier);
    this.#resolve(result);
    this.#resolve = undefined;
  }

  #transmit(): void {
    this.#transmissions++;
    this.#timer = setTimeout(() => this.#timedOut(), this.#options.timeoutMs);
    this.#socket.send(this.#bytes, this);
  }

  #timedOut(): void {
    if (this.#transmissions > this.#options.retries)
      return this.#finish({ kind: 'timeout', refusal: this.#refusal });
    this.#context.observe({ kind: 'retransmission', server: this.#server });
    this.#transmit();
  }
}

function decoded(bytes: Uint8Array): Packet | undefined {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (error instanceof RadiusError) return undefined;
    throw error;
  }
}

/** A reply with two Message-Authenticators, or one of another length, is as malformed as one that does not decode. */
function judged(
  packet: Packet | undefined,
  judge: (reply: Packet) => ReplyRefusal | undefined,
): ReplyRefusal | undefined {
  if (packet === undefined) return 'malformed';
  try {
    return judge(packet);
  } catch (error) {
    if (error instanceof RadiusError) return 'malformed';
    throw error;
  }
}
