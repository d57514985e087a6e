// Those who flood: each a UDP socket that sends at a steady rate and remembers what it got back.
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { encodePacket, hideUserPassword, rfc2865, signRequest } from '@countersign/radius';
import { createDice, createPacketFuzzer } from '@countersign/testkit/radius-fuzz.ts';

export interface Sender {
  readonly name: string;
  readonly sent: { packets: number; bytes: number };
  readonly received: { packets: number; bytes: number };
  /** Replies longer than every request that was sent under their identifier. */
  readonly amplified: () => number;
  stop(): Promise<void>;
}

export interface SenderOptions {
  readonly name: string;
  readonly port: number;
  /** Where to send from: loopback has sixteen million addresses, enough to forge with. */
  readonly from: readonly string[];
  readonly perSecond: number;
  readonly next: () => Uint8Array;
}

const tickMs = 10;

export async function startSender({ name, port, from, perSecond, next }: SenderOptions): Promise<Sender> {
  const sent = { packets: 0, bytes: 0 };
  const received = { packets: 0, bytes: 0 };
  let amplified = 0;
  const sockets = await Promise.all(from.map(bind));
  // By socket and identifier: the longest request that a reply may answer.
  const longest = sockets.map(() => new Uint16Array(256));
  sockets.forEach((socket, index) => {
    socket.on('message', (bytes) => {
      received.packets += 1;
      received.bytes += bytes.length;
      if (bytes.length > (longest[index]?.[bytes[1] ?? 0] ?? 0)) amplified += 1;
    });
  });
  const send = (): void => {
    const index = sent.packets % sockets.length;
    const bytes = Buffer.from(next());
    const lengths = longest[index];
    const identifier = bytes[1] ?? 0;
    if (lengths) lengths[identifier] = Math.max(lengths[identifier] ?? 0, bytes.length);
    sent.packets += 1;
    sent.bytes += bytes.length;
    sockets[index]?.send(bytes, port, '127.0.0.1', () => undefined);
  };
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    // A sender that was held up does not catch up with one great burst.
    const now = Math.min(due - sent.packets, Math.ceil((perSecond * tickMs) / 250));
    for (let left = now; left > 0; left -= 1) send();
  }, tickMs);
  return {
    name,
    sent,
    received,
    amplified: () => amplified,
    async stop() {
      clearInterval(timer);
      await Promise.all(
        sockets.splice(0).map((socket) => new Promise<void>((done) => socket.close(() => done()))),
      );
    },
  };
}

function bind(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.bind(0, address, () => resolve(socket));
  });
}

/** Bent packets, some of them signed rightly at first. */
export function fuzz(seed: number, secret: string): () => Uint8Array {
  const fuzzer = createPacketFuzzer(seed, Buffer.from(secret));
  // Longer datagrams than that only fill the socket.
  return () => fuzzer.next().subarray(0, 4200);
}

/** Logins with made-up names and passwords, signed with this secret or, without one, not at all. */
export function madeUpLogins(
  seed: number,
  secret: string,
  { signed }: { signed: boolean },
): () => Uint8Array {
  const dice = createDice(seed);
  const key = Buffer.from(secret);
  return () => {
    const authenticator = new Uint8Array(randomBytes(16));
    const name = Buffer.from(`guess-${dice(100_000)}`);
    const password = hideUserPassword(Buffer.from(`pw-${dice(100_000)}`), { secret: key, authenticator });
    const attributes = [
      { type: rfc2865.UserName.type, value: name },
      { type: rfc2865.UserPassword.type, value: password },
    ];
    const packet = { code: 1, identifier: dice(256), authenticator, attributes };
    return signed ? signRequest(packet, key) : encodePacket(packet);
  };
}
