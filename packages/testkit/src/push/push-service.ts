// A push service (RFC 8030) as strict as the strictest: it checks who sends (RFC 8292), how long, how urgent, how large and for whom
// (RFC 8291), keeps what it got, and answers as a test tells it to.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LocalTls } from './own-authority.ts';
import { createUserAgent, type UserAgent } from './user-agent.ts';
import { type VerifiedSender, verifyVapid } from './verify-vapid.ts';

export interface Push {
  /** Decrypted; as it came where the subscription has no keys. */
  readonly text: string;
  /** Seconds. */
  readonly ttl: number;
  readonly urgency: string | undefined;
  readonly topic: string | undefined;
  /** Of the body. */
  readonly bytes: number;
  readonly sender: VerifiedSender;
  /** What it was answered with. */
  readonly answer: Answer;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A status with headers, or nothing at all. */
export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang';

export interface Subscriber {
  /** As the device gives it to its server. */
  readonly subscription: { readonly endpoint: string; readonly keys: UserAgent['keys'] | null };
  /** Everything that came, refused tries among it, oldest first. */
  readonly pushes: readonly Push[];
  /** The next ones are answered so; all others with 201. */
  answerWith(...answers: readonly Answer[]): void;
  /** The first push that is not given out yet. @throws Error when none comes in time */
  next(withinMs?: number): Promise<Push>;
}

export interface PushService {
  /** Without a slash at the end. */
  readonly origin: string;
  /** What was wrong with pushes, in words; a sender in order leaves it empty. */
  readonly faults: readonly string[];
  /** @param keys whether messages can be encrypted to it */
  subscribe(options?: { readonly keys?: boolean }): Subscriber;
  stop(): Promise<void>;
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const maxBody = 4096;

/** On a loopback port of its own; HTTPS when given a certificate. */
export async function startPushService({
  tls,
  host = '127.0.0.1',
}: {
  readonly tls?: LocalTls;
  readonly host?: string;
} = {}): Promise<PushService> {
  const subscribers = new Map<string, Inbox>();
  const faults: string[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const inbox = subscribers.get(request.url ?? '');
    const body = await readBody(request);
    if (!inbox) {
      response.writeHead(404).end();
      return;
    }
    try {
      await inbox.take(request, body, response);
    } catch (error) {
      const status = error instanceof Refused ? error.status : 400;
      faults.push(`${status} ${error instanceof Error ? error.message : String(error)}`);
      response.writeHead(status).end();
    }
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => void handle(request, response);
  const server = tls
    ? createTlsServer({ cert: tls.certificate, key: tls.key }, listener)
    : createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `${tls ? 'https' : 'http'}://${host}:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    faults,
    subscribe({ keys = true } = {}) {
      const path = `/push/${randomBytes(32).toString('base64url')}`;
      const inbox = createInbox(origin, path, keys ? createUserAgent() : undefined);
      subscribers.set(path, inbox);
      return inbox;
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

interface Inbox extends Subscriber {
  take(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void>;
}

function createInbox(origin: string, path: string, agent: UserAgent | undefined): Inbox {
  const pushes: Push[] = [];
  const planned: Answer[] = [];
  const waiting: (() => void)[] = [];
  let givenOut = 0;
  let firstSender: string | undefined;
  return {
    subscription: { endpoint: `${origin}${path}`, keys: agent?.keys ?? null },
    pushes,
    answerWith: (...answers) => void planned.push(...answers),
    async next(withinMs = 10_000) {
      const until = performance.now() + withinMs;
      for (;;) {
        const push = pushes[givenOut];
        if (push) {
          givenOut += 1;
          return push;
        }
        const left = until - performance.now();
        if (left <= 0) throw new Error(`no push came within ${withinMs} ms`);
        await new Promise<void>((woken) => {
          const timer = setTimeout(woken, left);
          waiting.push(() => {
            clearTimeout(timer);
            woken();
          });
        });
      }
    },
    async take(request, body, response) {
      const answer = planned.shift() ?? { status: 201 };
      const checked = await check(request, body, { origin, agent });
      firstSender ??= checked.sender.publicKey;
      // RFC 8292 4.2: a subscription made for one key takes no other.
      if (checked.sender.publicKey !== firstSender) throw new Refused(403, 'another key than before');
      pushes.push({ ...checked, answer, at: Date.now() });
      for (const woken of waiting.splice(0)) woken();
      if (answer === 'hang') return;
      response
        .writeHead(answer.status, { location: `${origin}/message/1`, ...answer.headers })
        .end(answer.body);
    },
  };
}

async function check(
  request: IncomingMessage,
  body: Buffer,
  { origin, agent }: { readonly origin: string; readonly agent: UserAgent | undefined },
): Promise<Omit<Push, 'answer' | 'at'>> {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join() : value;
  };
  const [ttl = '', urgency, topic] = [header('ttl'), header('urgency'), header('topic')];
  if (request.method !== 'POST') throw new Refused(405, `method ${request.method}`);
  if (!/^[0-9]+$/.test(ttl)) throw new Refused(400, `TTL is ${ttl} (RFC 8030 5.2)`);
  if (!/^(?:very-low|low|normal|high)$/.test(urgency ?? 'normal'))
    throw new Refused(400, `urgency ${urgency}`);
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(topic ?? 'x')) throw new Refused(400, `topic ${topic} (RFC 8030 5.4)`);
  if (body.length > maxBody) throw new Refused(413, `${body.length} bytes`);
  const vapid = header('authorization') ?? '';
  const sender = await verifyVapid(vapid, { origin, now: Date.now() }).catch((error: Error) => {
    throw new Refused(403, error.message);
  });
  const coding = header('content-encoding');
  if (agent && body.length > 0 && coding !== 'aes128gcm') throw new Refused(400, `content coding ${coding}`);
  const text = agent && body.length > 0 ? await agent.open(body) : body.toString();
  return { text, ttl: Number(ttl), urgency, topic, bytes: body.length, sender };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
