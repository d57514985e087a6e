// For tests only: a server on a loopback socket with a handler that waits to be told what to answer.
import type { StopSignal } from './stop-signal.ts';
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { writeAttribute } from './attributes.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { Code, decodePacket, encodePacket, type Packet } from './packet.ts';
import { createRadiusServer } from './server.ts';
import type { RadiusReply, RadiusRequest, RadiusServerEvent, RadiusServerOptions } from './server-types.ts';
import { signRequest } from './sign-packet.ts';
import type { MessageAuthenticatorPolicy } from './signature-policy.ts';
import { createInbox, type Inbox, openPeer, type TestPeer } from './peer.test-support.ts';
import type { Endpoint } from './udp-socket.ts';

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const secret = utf8('testing123');
export type Client = { secret: Uint8Array; messageAuthenticator: MessageAuthenticatorPolicy; name: string };
export type Call = {
  request: RadiusRequest<Client>;
  signal: StopSignal;
  answer: (reply?: RadiusReply) => void;
  fail: (error: Error) => void;
};

export interface Fixture {
  server: ReturnType<typeof createRadiusServer>;
  at: Endpoint;
  nas: TestPeer;
  calls: Inbox<Call>;
  events: Inbox<string>;
  errors: unknown[];
  clock: { ms: number };
}

export const closing: (() => Promise<void>)[] = [];

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close();
}

export async function start(
  policy: MessageAuthenticatorPolicy = 'auto',
  more: Partial<RadiusServerOptions<Client>> = {},
  address = '127.0.0.1',
): Promise<Fixture> {
  const calls = createInbox<Call>();
  const events = createInbox<string>();
  const errors: unknown[] = [];
  const clock = { ms: 0 };
  const client: Client = { secret, messageAuthenticator: policy, name: 'nas' };
  const server = createRadiusServer<Client>({
    lookupClient: () => client,
    handle: (request, signal) =>
      new Promise((answer, fail) => calls.push({ request, signal, answer: (reply) => answer(reply), fail })),
    now: () => clock.ms,
    observe: (event: RadiusServerEvent<Client>) => {
      events.push(event.kind);
      if (event.error !== undefined) errors.push(event.error);
    },
    ...more,
  });
  const at = await server.listen({ address, port: 0 });
  const nas = await openPeer(address);
  closing.push(
    () => nas.close(),
    () => server.stop(0),
  );
  return { server, at, nas, calls, events, errors, clock };
}

export const userName = writeAttribute(rfc2865.UserName, 'alice@branch.example');
export const proxyState = (text: string) => writeAttribute(rfc2865.ProxyState, utf8(text));
export const accept: RadiusReply = {
  code: Code.AccessAccept,
  attributes: [writeAttribute(rfc2865.ReplyMessage, 'welcome')],
};
export const reject: RadiusReply = { code: Code.AccessReject, attributes: [] };

export function packet(change: Partial<Packet> = {}): Packet {
  return {
    code: Code.AccessRequest,
    identifier: 7,
    authenticator: new Uint8Array(randomBytes(16)),
    attributes: [userName],
    ...change,
  };
}
export const signed = (change: Partial<Packet> = {}) => signRequest(packet(change), secret);
export const unsigned = (change: Partial<Packet> = {}) => encodePacket(packet(change));

/** Sends, answers with an Accept and returns the reply. */
export async function login({ nas, at, calls, events }: Fixture, bytes: Uint8Array): Promise<Packet> {
  nas.send(bytes, at);
  expect(await events.next()).toBe('request');
  (await calls.next()).answer(accept);
  const reply = decodePacket((await nas.inbox.next()).bytes);
  expect(await events.next()).toBe('reply');
  return reply;
}
