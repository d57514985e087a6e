// Requests that are sent and then left waiting, as gateways wait while people take their phones out.
import { createSocket, type Socket } from 'node:dgram';
import { createRequestPackets } from './request-packets.ts';

export interface HoldPlan {
  readonly port: number;
  readonly secret: string;
  /** How many wait at once, each of another user. */
  readonly requests: number;
}

const identifiers = 256;
/** 1,000 a second: nobody floods, and nothing is dropped on the way. */
const atOnce = 20;
const everyMs = 20;

/** Sends them all; the sockets stay open so that nobody is told that the port is gone. */
export async function holdRequests({ port, secret, requests }: HoldPlan): Promise<void> {
  const packets = createRequestPackets(secret, requests);
  const packet = Buffer.alloc(512);
  let socket: Socket | undefined;
  for (let user = 0; user < requests; user++) {
    if (user % identifiers === 0) socket = await openSocket(port);
    const length = packets.write(packet, user, user % identifiers);
    socket?.send(Buffer.from(packet.subarray(0, length)));
    if (user % atOnce === 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function openSocket(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  return socket;
}
