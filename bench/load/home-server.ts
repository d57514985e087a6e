// The home server that both products ask: accepts everybody at once and does as little as RADIUS allows, so that what is measured is
// the product in front of it.
import { createSocket, type Socket } from 'node:dgram';
import { hmacMd5, md5 } from '@countersign/radius/md5.ts';

export interface HomeServerStub {
  readonly port: number;
  /** Requests answered so far. */
  answered(): number;
  close(): Promise<void>;
}

const requestHeader = 20;
const proxyState = 33;
const messageAuthenticator = 80;

/** A Class attribute, as home servers give one to be handed back in accounting. */
const classAttribute = Buffer.from([25, 10, ...Buffer.from('home-one')]);

export async function startHomeServer(secretText: string, port = 0): Promise<HomeServerStub> {
  const secret = Buffer.from(secretText);
  let answered = 0;
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: 4 << 20,
    // Numeric addresses only: there is nothing to look up.
    lookup: (host, _options, done) => done(null, host, 4),
  });
  socket.on('message', (request, from) => {
    const reply = replyTo(request, secret);
    if (!reply) return;
    answered += 1;
    socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  return { port: socket.address().port, answered: () => answered, close: () => closed(socket) };
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.close(resolve));

/** Access-Accept with Message-Authenticator first, Class, and the request's Proxy-States in their order (RFC 2865 5.33). */
function replyTo(request: Buffer, secret: Buffer): Buffer | undefined {
  if (request.length < requestHeader || (request[0] !== 1 && request[0] !== 12)) return undefined;
  const states = proxyStatesOf(request);
  const length =
    requestHeader + 18 + classAttribute.length + states.reduce((sum, { length: n }) => sum + n, 0);
  const reply = Buffer.allocUnsafe(length);
  reply[0] = 2;
  reply[1] = request[1] ?? 0;
  reply.writeUInt16BE(length, 2);
  request.copy(reply, 4, 4, requestHeader);
  reply[requestHeader] = messageAuthenticator;
  reply[requestHeader + 1] = 18;
  reply.fill(0, requestHeader + 2, requestHeader + 18);
  let at = requestHeader + 18 + classAttribute.copy(reply, requestHeader + 18);
  for (const state of states) at += state.copy(reply, at);
  reply.set(hmacMd5(secret, reply), requestHeader + 2);
  // RFC 2865 3: with the Request Authenticator still in its place.
  reply.set(md5(reply, secret), 4);
  return reply;
}

function proxyStatesOf(request: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = requestHeader; at + 2 <= request.length; ) {
    const length = request[at + 1] ?? 0;
    if (length < 2) break;
    if (request[at] === proxyState) found.push(request.subarray(at, at + length));
    at += length;
  }
  return found;
}
