// A NAS that does what radclient cannot: chosen identifiers, authenticators and source ports, the same bytes again, broken packets.
// Replies are checked here with plain hashes and not by the codec under test.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import {
  type Attribute,
  Code,
  decodePacket,
  encodePacket,
  hideUserPassword,
  rfc2865,
  rfc2869,
  signRequest,
  writeAttribute,
} from '@countersign/radius';

export interface NasRequest {
  readonly code?: number;
  readonly identifier?: number;
  readonly authenticator?: Uint8Array;
  /** Added as User-Name and hidden User-Password, before `attributes`. */
  readonly username?: string | Uint8Array;
  readonly password?: string | Uint8Array;
  readonly attributes?: readonly Attribute[];
  /** `wrong` sends one that was made with another secret. */
  readonly messageAuthenticator?: 'first' | 'none' | 'wrong';
}

export interface NasReply {
  readonly code: number;
  readonly identifier: number;
  readonly attributes: readonly Attribute[];
  /** Values of one type, in order. */
  readonly all: (type: number) => readonly Uint8Array[];
  readonly bytes: Uint8Array;
  /** Whether Response Authenticator and Message-Authenticator fit request and secret, and the latter stands first. */
  readonly genuine: boolean;
}

export interface Nas {
  readonly port: number;
  /** The bytes of a request, ready to be sent any number of times. */
  prepare(request: NasRequest): Uint8Array;
  send(bytes: Uint8Array): Promise<void>;
  /** Sends the bytes and waits for the next datagram; undefined when none comes in time. */
  exchange(bytes: Uint8Array, withinMs?: number): Promise<NasReply | undefined>;
  /** The next datagram that answers these bytes. */
  receive(request: Uint8Array, withinMs?: number): Promise<NasReply | undefined>;
  close(): Promise<void>;
}

export interface NasTarget {
  readonly address: string;
  readonly port: number;
  readonly secret: string;
  /** Where to send from, such as another address of loopback. */
  readonly sourceAddress?: string | undefined;
}

/** Opens a socket with a port of its own. */
export async function openNas(target: NasTarget): Promise<Nas> {
  const { sourceAddress } = target;
  const secret = Buffer.from(target.secret);
  const socket = createSocket(target.address.includes(':') ? 'udp6' : 'udp4');
  const inbox = readInto(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port: 0, ...(sourceAddress !== undefined && { address: sourceAddress }) }, resolve);
  });
  const send = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(bytes, target.port, target.address, (error) => (error ? reject(error) : resolve()));
    });
  const receive = async (request: Uint8Array, withinMs = 30_000): Promise<NasReply | undefined> => {
    const bytes = await inbox.next(withinMs);
    return bytes && readReply(bytes, request, secret);
  };
  return {
    port: socket.address().port,
    prepare: (request) => prepare(request, secret),
    send,
    receive,
    async exchange(bytes, withinMs) {
      await send(bytes);
      return receive(bytes, withinMs);
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

interface Inbox {
  next(withinMs: number): Promise<Uint8Array | undefined>;
}

function readInto(socket: Socket): Inbox {
  const datagrams: Uint8Array[] = [];
  let wake: (() => void) | undefined;
  socket.on('message', (bytes) => {
    datagrams.push(new Uint8Array(bytes));
    wake?.();
  });
  // A closed port answers with an error; for a NAS that is silence.
  socket.on('error', () => undefined);
  return {
    async next(withinMs) {
      if (datagrams.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      return datagrams.shift();
    },
  };
}

function prepare(request: NasRequest, secret: Uint8Array): Uint8Array {
  const authenticator = request.authenticator ?? new Uint8Array(randomBytes(16));
  const octets = (text: string | Uint8Array) => (typeof text === 'string' ? Buffer.from(text) : text);
  const { username, password, messageAuthenticator = 'first' } = request;
  const attributes: Attribute[] = [];
  if (username !== undefined) attributes.push({ type: rfc2865.UserName.type, value: octets(username) });
  if (password !== undefined) {
    const hidden = hideUserPassword(octets(password), { secret, authenticator });
    attributes.push(writeAttribute(rfc2865.UserPassword, hidden));
  }
  const packet = {
    code: request.code ?? Code.AccessRequest,
    identifier: request.identifier ?? randomBytes(1)[0] ?? 0,
    authenticator,
    attributes: [...attributes, ...(request.attributes ?? [])],
  };
  if (messageAuthenticator === 'none') return encodePacket(packet);
  return signRequest(packet, messageAuthenticator === 'wrong' ? Buffer.from('some other secret') : secret);
}

function readReply(bytes: Uint8Array, request: Uint8Array, secret: Uint8Array): NasReply {
  const { code, identifier, attributes } = decodePacket(bytes);
  const all = (type: number) => attributes.filter((each) => each.type === type).map(({ value }) => value);
  return { code, identifier, attributes, all, bytes, genuine: isGenuine(bytes, request, secret) };
}

/** RFC 2865 3 and RFC 3579 3.2, with Message-Authenticator as first attribute. */
function isGenuine(reply: Uint8Array, request: Uint8Array, secret: Uint8Array): boolean {
  const requestAuthenticator = request.subarray(4, 20);
  const md5 = createHash('md5')
    .update(reply.subarray(0, 4))
    .update(requestAuthenticator)
    .update(reply.subarray(20))
    .update(secret)
    .digest();
  if (!md5.equals(reply.subarray(4, 20)) || reply[1] !== request[1]) return false;
  if (reply[20] !== rfc2869.MessageAuthenticator.type || reply[21] !== 18) return false;
  const unsigned = Buffer.from(reply);
  unsigned.set(requestAuthenticator, 4);
  unsigned.fill(0, 22, 38);
  return createHmac('md5', secret).update(unsigned).digest().equals(reply.subarray(22, 38));
}
