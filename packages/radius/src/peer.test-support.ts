// For tests only: a UDP socket that says exactly what it is told, and a way to wait for events instead of sleeping.
import type { Socket } from 'node:dgram';
import { bindSocket, closeSocket, type Endpoint, openSocket } from './udp-socket.ts';

/** Values that arrive over time; `next` takes them in order, waiting when there is none yet. */
export interface Inbox<T> {
  push(value: T): void;
  next(): Promise<T>;
  readonly size: number;
}

export function createInbox<T>(): Inbox<T> {
  const values: T[] = [];
  const waiting: ((value: T) => void)[] = [];
  return {
    push: (value) => {
      const first = waiting.shift();
      if (first === undefined) values.push(value);
      else first(value);
    },
    next: async () => {
      const [first] = values;
      if (first === undefined) return new Promise((resolve) => waiting.push(resolve));
      values.shift();
      return first;
    },
    get size() {
      return values.length;
    },
  };
}

export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
}

export interface TestPeer {
  readonly endpoint: Endpoint;
  readonly socket: Socket;
  readonly inbox: Inbox<Datagram>;
  send(bytes: Uint8Array, to: Endpoint): void;
  close(): Promise<void>;
}

export async function openPeer(address = '127.0.0.1'): Promise<TestPeer> {
  const socket = openSocket(address);
  const endpoint = await bindSocket(socket, { address, port: 0 });
  const inbox = createInbox<Datagram>();
  socket.on('message', (bytes, from) => inbox.push({ bytes: new Uint8Array(bytes), from }));
  return {
    endpoint,
    socket,
    inbox,
    send: (bytes, to) => socket.send(bytes, to.port, to.address),
    close: () => closeSocket(socket),
  };
}
