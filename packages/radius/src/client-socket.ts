// One UDP socket connected to one home server, with the 256 identifiers it can have in flight. Being connected, it
// takes datagrams from that address and port only, and learns at once when nobody listens there.
import type { Socket } from 'node:dgram';
import type { RandomSource } from './random.ts';
import { type Endpoint, openSocket } from './udp-socket.ts';

const IDENTIFIERS = 256;
const IDLE_MS = 30_000;

/** Who waits on an identifier. */
export interface Waiter {
  receive(bytes: Uint8Array): void;
  fail(error: Error, alone: boolean): void;
  abort(): void;
}

/** Told of datagrams nobody waits for, and when the socket has closed. */
export interface SocketOwner {
  stray(bytes: Uint8Array): void;
  closed(socket: ClientSocket): void;
}

export class ClientSocket {
  readonly #socket: Socket;
  /** By identifier. A Map would make a new table again and again as waiters come and go. */
  readonly #waiters = Array.from<Waiter | undefined>({ length: IDENTIFIERS });
  #waiting = 0;
  readonly #owner: SocketOwner;
  readonly #random: RandomSource;
  readonly #connected: Promise<void>;
  readonly #idle: NodeJS.Timeout;
  #isConnected = false;
  #closing: Promise<void> | undefined;

  constructor(server: Endpoint & { readonly from?: string }, owner: SocketOwner, random: RandomSource) {
    this.#owner = owner;
    this.#random = random;
    this.#socket = openSocket(server.address);
    this.#connected = this.#connect(server);
    // Senders learn of it; without one it is nobody's failure.
    this.#connected.then(
      () => {
        this.#isConnected = true;
      },
      () => undefined,
    );
    this.#idle = setTimeout(() => {
      if (this.#waiting === 0) void this.close();
    }, IDLE_MS).unref();
  }

  get full(): boolean {
    return this.#waiting === IDENTIFIERS;
  }

  /** Takes a free identifier, at random. The socket must not be full. */
  reserve(waiter: Waiter): number {
    let identifier = this.#random(1)[0] ?? 0;
    while (this.#waiters[identifier] !== undefined) identifier = (identifier + 1) % IDENTIFIERS;
    this.#waiters[identifier] = waiter;
    this.#waiting++;
    return identifier;
  }

  release(identifier: number): void {
    this.#waiters[identifier] = undefined;
    this.#waiting--;
    // A cleared timer would start again.
    if (this.#waiting === 0 && this.#closing === undefined) this.#idle.refresh();
  }

  /** Sends; a failure reaches the waiter. */
  send(bytes: Uint8Array, waiter: Waiter): void {
    if (this.#isConnected) return this.#sendNow(bytes, waiter);
    this.#connected.then(
      () => this.#sendNow(bytes, waiter),
      (error: Error) => waiter.fail(error, true),
    );
  }

  #sendNow(bytes: Uint8Array, waiter: Waiter): void {
    if (this.#closing !== undefined) return;
    this.#socket.send(bytes, (error) => {
      if (error !== null) this.#sendFailed(error, waiter);
    });
  }

  /** Ends whoever waits. */
  abortAll(): void {
    for (const waiter of this.#all()) waiter.abort();
  }

  /** Closes once; waiters are the owner's to end. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      clearTimeout(this.#idle);
      this.#owner.closed(this);
      this.#socket.close(() => resolve());
    });
    return this.#closing;
  }

  #connect({ address, port, from }: Endpoint & { readonly from?: string }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.on('message', (bytes) => this.#receive(bytes));
      this.#socket.on('error', (error) => this.#fail(error));
      const failed = (error: Error) => {
        reject(error);
        void this.close();
      };
      const connect = () =>
        this.#socket.connect(port, address, (error?: Error) => {
          if (error === undefined || error === null) resolve();
          else failed(error);
        });
      if (from === undefined) return connect();
      this.#socket.once('error', failed);
      this.#socket.bind({ address: from, port: 0 }, () => {
        this.#socket.off('error', failed);
        connect();
      });
    });
  }

  #receive(bytes: Uint8Array): void {
    const waiter = this.#waiters[bytes[1] ?? -1];
    if (waiter === undefined) this.#owner.stray(bytes);
    else waiter.receive(bytes);
  }

  /** The kernel may report at this send that an earlier one was refused: then this one has not left, and the rest is unclear. */
  #sendFailed(error: NodeJS.ErrnoException, waiter: Waiter): void {
    waiter.fail(error, true);
    if (error.code !== 'ECONNREFUSED') return;
    for (const other of this.#all()) other.fail(error, false);
  }

  /** An ICMP error names no request: with one in flight it is that one, with several nobody can tell. */
  #fail(error: Error): void {
    const waiters = this.#all();
    for (const waiter of waiters) waiter.fail(error, waiters.length === 1);
  }

  #all(): readonly Waiter[] {
    return this.#waiters.filter((waiter) => waiter !== undefined);
  }
}
