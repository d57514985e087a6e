// The closed loop: a fixed number of requests in flight over several source ports; each reply is checked and makes room for the next.
import { createSocket, type Socket } from 'node:dgram';
import { md5 } from '@countersign/radius/md5.ts';
import { createHistogram, type Histogram } from './histogram.ts';
import { createRequestPackets, type RequestPackets } from './request-packets.ts';

export interface LoadPlan {
  readonly port: number;
  readonly secret: string;
  readonly inFlight: number;
  /** Users are taken in turn from a pool of this many, beginning with `firstUser`. */
  readonly users: number;
  readonly firstUser?: number;
  readonly password?: string;
  /** Not counted, in milliseconds. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** The code of a right reply: 2 is Access-Accept, 3 Access-Reject. */
  readonly expectedCode?: number;
  /** Of so many replies one has its Response Authenticator checked; 1 checks all. */
  readonly checkOneIn?: number;
  /** How long a reply may take before it is missing, in milliseconds. */
  readonly replyWithinMs?: number;
  /** Source address of all requests. */
  readonly sourceAddress?: string;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly replies: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Replies with another code, a wrong authenticator, or to nothing that was asked. */
  readonly wrong: number;
  /** Requests that nobody answered. */
  readonly missing: number;
  readonly seconds: number;
}

const ports = 8;
const packetLimit = 512;
const noRequest = -1;

/** One source port: which of its 256 identifiers wait, since when, and what was asked. */
interface Port {
  readonly socket: Socket;
  readonly sentAt: Float64Array;
  readonly requests: readonly Buffer[];
  next: number;
}

interface Run {
  readonly plan: LoadPlan;
  readonly packets: RequestPackets;
  readonly secret: Buffer;
  readonly ports: readonly Port[];
  readonly counted: { wrong: number; missing: number; replies: number };
  times: Histogram;
  user: number;
  measuring: boolean;
  stopped: boolean;
}

/** Runs the plan to its end: warm-up, measuring, and waiting for what is still under way. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const run: Run = {
    plan,
    packets: createRequestPackets(plan.secret, plan.users, plan.password),
    secret: Buffer.from(plan.secret),
    ports: await Promise.all(Array.from({ length: ports }, () => openPort(plan))),
    counted: { wrong: 0, missing: 0, replies: 0 },
    times: createHistogram(),
    user: plan.firstUser ?? 0,
    measuring: false,
    stopped: false,
  };
  for (const port of run.ports) port.socket.on('message', (reply) => take(run, port, reply));
  for (let i = 0; i < plan.inFlight; i++) sendNext(run, run.ports[i % ports]);
  const sweep = setInterval(() => giveUpLate(run), 250);
  await pause(plan.warmUpMs);
  run.measuring = true;
  const began = performance.now();
  await pause(plan.measureMs);
  run.measuring = false;
  run.stopped = true;
  const seconds = (performance.now() - began) / 1000;
  await untilQuiet(run);
  clearInterval(sweep);
  for (const { socket } of run.ports) socket.close();
  const { counted, times } = run;
  return {
    ...counted,
    perSecond: times.count / seconds,
    p50Ms: times.quantile(0.5),
    p99Ms: times.quantile(0.99),
    seconds,
  };
}

async function openPort({ port, sourceAddress = '127.0.0.1' }: LoadPlan): Promise<Port> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20, sendBufferSize: 1 << 20 });
  await new Promise<void>((resolve) => socket.bind(0, sourceAddress, resolve));
  // A connected socket needs no look-up of the address for each packet.
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  // A server that is not there yet refuses; that is a missing reply.
  socket.on('error', () => undefined);
  return {
    socket,
    sentAt: new Float64Array(256).fill(noRequest),
    requests: Array.from({ length: 256 }, () => Buffer.alloc(packetLimit)),
    next: 0,
  };
}

function sendNext(run: Run, port: Port | undefined): void {
  if (!port) return;
  let identifier = port.next;
  while (port.sentAt[identifier] !== noRequest) identifier = (identifier + 1) & 255;
  port.next = (identifier + 1) & 255;
  const request = port.requests[identifier];
  if (!request) return;
  const length = run.packets.write(request, run.user, identifier);
  run.user = (run.user + 1) % run.plan.users;
  port.sentAt[identifier] = performance.now();
  port.socket.send(request, 0, length);
}

function take(run: Run, port: Port, reply: Buffer): void {
  const identifier = reply[1] ?? 0;
  const sentAt = port.sentAt[identifier] ?? noRequest;
  const request = port.requests[identifier];
  if (reply.length < 20 || sentAt === noRequest || !request) {
    run.counted.wrong += 1;
    return;
  }
  port.sentAt[identifier] = noRequest;
  run.counted.replies += 1;
  if (!isRight(run, reply, request)) run.counted.wrong += 1;
  if (run.measuring) run.times.add(performance.now() - sentAt);
  if (!run.stopped) sendNext(run, port);
}

function isRight({ plan, secret, counted }: Run, reply: Buffer, request: Buffer): boolean {
  if (reply[0] !== (plan.expectedCode ?? 2) || reply.readUInt16BE(2) !== reply.length) return false;
  if (counted.replies % (plan.checkOneIn ?? 1) !== 0) return true;
  // RFC 2865 3.
  const expected = md5(reply.subarray(0, 4), request.subarray(4, 20), reply.subarray(20), secret);
  return Buffer.compare(expected, reply.subarray(4, 20)) === 0;
}

/** What nobody answered in time is missing; its place is taken by the next. */
function giveUpLate(run: Run): void {
  const since = performance.now() - (run.plan.replyWithinMs ?? 10_000);
  for (const port of run.ports) {
    for (const [identifier, sentAt] of port.sentAt.entries()) {
      if (sentAt === noRequest || sentAt > since) continue;
      port.sentAt[identifier] = noRequest;
      run.counted.missing += 1;
      if (!run.stopped) sendNext(run, port);
    }
  }
}

async function untilQuiet(run: Run): Promise<void> {
  const waiting = () => run.ports.some(({ sentAt }) => sentAt.some((at) => at !== noRequest));
  while (waiting()) await pause(20);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
