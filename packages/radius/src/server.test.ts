// The server over real loopback sockets: what it answers, what it repeats, what it is silent about.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { readAll, writeAttribute } from './attributes.ts';
import { verifyResponseAuthenticator } from './authenticator.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { rfc2869 } from './dictionary/rfc2869.ts';
import { hideUserPassword } from './hiding.ts';
import { checkMessageAuthenticator } from './message-authenticator.ts';
import { type Attribute, Code, decodePacket, encodePacket, type Packet } from './packet.ts';
import { createRadiusServer } from './server.ts';
import type { RadiusReply, RadiusRequest, RadiusServerEvent, RadiusServerOptions } from './server-types.ts';
import { signRequest } from './sign-packet.ts';
import type { MessageAuthenticatorPolicy } from './signature-policy.ts';
import { createInbox, type Inbox, openPeer, type TestPeer } from './test-peer.ts';
import { bindSocket, closeSocket, type Endpoint, openSocket } from './udp-socket.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const secret = utf8('testing123');
type Client = { secret: Uint8Array; messageAuthenticator: MessageAuthenticatorPolicy; name: string };
type Call = {
  request: RadiusRequest<Client>;
  signal: AbortSignal;
  answer: (reply?: RadiusReply) => void;
  fail: (error: Error) => void;
};

interface Fixture {
  server: ReturnType<typeof createRadiusServer>;
  at: Endpoint;
  nas: TestPeer;
  calls: Inbox<Call>;
  events: Inbox<string>;
  errors: unknown[];
  clock: { ms: number };
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(
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

const userName = writeAttribute(rfc2865.UserName, 'alice');
const proxyState = (text: string) => writeAttribute(rfc2865.ProxyState, utf8(text));
const accept: RadiusReply = {
  code: Code.AccessAccept,
  attributes: [writeAttribute(rfc2865.ReplyMessage, 'welcome')],
};
const reject: RadiusReply = { code: Code.AccessReject, attributes: [] };

function packet(change: Partial<Packet> = {}): Packet {
  return {
    code: Code.AccessRequest,
    identifier: 7,
    authenticator: new Uint8Array(randomBytes(16)),
    attributes: [userName],
    ...change,
  };
}
const signed = (change: Partial<Packet> = {}) => signRequest(packet(change), secret);
const unsigned = (change: Partial<Packet> = {}) => encodePacket(packet(change));

/** Sends, answers with an Accept and returns the reply. */
async function login({ nas, at, calls, events }: Fixture, bytes: Uint8Array): Promise<Packet> {
  nas.send(bytes, at);
  expect(await events.next()).toBe('request');
  (await calls.next()).answer(accept);
  const reply = decodePacket((await nas.inbox.next()).bytes);
  expect(await events.next()).toBe('reply');
  return reply;
}

describe('answering', () => {
  test('Message-Authenticator first, then the attributes, then every Proxy-State in order (RFC 2865 5.33)', async () => {
    const fixture = await start();
    const request = signed({
      attributes: [proxyState('one'), userName, proxyState('two'), proxyState('one')],
    });
    const reply = await login(fixture, request);
    expect(reply).toMatchObject({ code: Code.AccessAccept, identifier: 7 });
    expect(reply.attributes.map(({ type }) => type)).toEqual([80, 18, 33, 33, 33]);
    expect(
      readAll(reply.attributes, rfc2865.ProxyState).map((value) => Buffer.from(value).toString()),
    ).toEqual(['one', 'two', 'one']);
    const { authenticator } = decodePacket(request);
    expect(verifyResponseAuthenticator(reply, authenticator, secret)).toBe(true);
    expect(checkMessageAuthenticator(reply, secret, authenticator)).toBe('valid');
  });

  test('what the handler sees: client, source, listener, password', async () => {
    const { nas, at, calls } = await start();
    const request = packet();
    const password = hideUserPassword(utf8('pässword'), { secret, authenticator: request.authenticator });
    nas.send(signRequest({ ...request, attributes: [userName, { type: 2, value: password }] }, secret), at);
    const call = await calls.next();
    expect(call.request).toMatchObject({
      client: { name: 'nas' },
      source: nas.endpoint,
      listener: at,
      signed: true,
    });
    expect(call.request.userPassword()).toEqual(utf8('pässword'));
    expect(call.request.chap()).toBeUndefined();
    call.answer();
  });

  test('Proxy-State and Message-Authenticator of another leg do not leak through the handler', async () => {
    const { nas, at, calls } = await start();
    nas.send(signed(), at);
    (await calls.next()).answer({
      ...reject,
      attributes: [proxyState('theirs'), { type: 80, value: new Uint8Array(16) }],
    });
    expect(decodePacket((await nas.inbox.next()).bytes).attributes.map(({ type }) => type)).toEqual([80]);
  });

  test('IPv6, and IPv4 on an IPv6 socket as plain IPv4', async () => {
    const fixture = await start('require', {}, '::1');
    expect((await login(fixture, signed())).code).toBe(Code.AccessAccept);
    const both = await fixture.server.listen({ address: '::', port: 0 });
    const nas = await openPeer('127.0.0.1');
    closing.unshift(() => nas.close());
    nas.send(signed(), { address: '127.0.0.1', port: both.port });
    const call = await fixture.calls.next();
    expect(call.request.source).toEqual(nas.endpoint);
    call.answer(reject);
    expect(decodePacket((await nas.inbox.next()).bytes).code).toBe(Code.AccessReject);
  });

  test('a throwing handler, a silent one and a reply above 4096 octets leave the request open to a retry', async () => {
    const { nas, at, calls, events, errors } = await start();
    const bytes = signed();
    const long: Attribute[] = Array.from({ length: 17 }, () => ({ type: 18, value: new Uint8Array(253) }));
    const endings: [string, (call: Call) => void][] = [
      ['handler-failed', (call) => call.fail(new Error('boom'))],
      ['silent', (call) => call.answer()],
      ['reply-failed', (call) => call.answer({ ...accept, attributes: long })],
      ['reply', (call) => call.answer(accept)],
    ];
    for (const [kind, end] of endings) {
      nas.send(bytes, at);
      expect(await events.next()).toBe('request');
      end(await calls.next());
      expect(await events.next()).toBe(kind);
    }
    expect(errors.map(String)).toEqual(['Error: boom', 'RadiusError: packet above 4096 octets']);
  });
});

describe('RFC 5080 2.2.2 retransmissions', () => {
  test('in flight: no second handler call; answered: the same bytes; after the window: anew', async () => {
    const { nas, at, calls, events, clock } = await start();
    const bytes = signed();
    nas.send(bytes, at);
    expect(await events.next()).toBe('request');
    nas.send(Uint8Array.of(...bytes, 0, 0), at);
    expect(await events.next()).toBe('duplicate-in-flight');
    (await calls.next()).answer(accept);
    const first = await nas.inbox.next();
    expect(await events.next()).toBe('reply');
    clock.ms += 29_999;
    nas.send(bytes, at);
    expect(await nas.inbox.next()).toEqual(first);
    expect(await events.next()).toBe('duplicate-answered');
    expect(calls.size).toBe(0);
    clock.ms += 1;
    nas.send(bytes, at);
    expect(await events.next()).toBe('request');
  });

  test('another authenticator under the same identifier is another request, and the older reply is not sent', async () => {
    const { nas, at, calls, events } = await start();
    nas.send(signed(), at);
    const older = await calls.next();
    const bytes = signed();
    nas.send(bytes, at);
    const newer = await calls.next();
    older.answer(accept);
    newer.answer(reject);
    const reply = decodePacket((await nas.inbox.next()).bytes);
    expect(reply.code).toBe(Code.AccessReject);
    expect(verifyResponseAuthenticator(reply, decodePacket(bytes).authenticator, secret)).toBe(true);
    expect([await events.next(), await events.next(), await events.next(), await events.next()]).toEqual([
      'request',
      'request',
      'superseded',
      'reply',
    ]);
  });

  test('the same authenticator for somebody else is not answered with the first reply', async () => {
    const fixture = await start();
    const authenticator = new Uint8Array(16);
    await login(fixture, signed({ authenticator }));
    await login(
      fixture,
      signed({ authenticator, attributes: [writeAttribute(rfc2865.UserName, 'mallory')] }),
    );
  });

  test('two sockets of one host and two listeners do not share replies', async () => {
    const fixture = await start();
    const bytes = signed();
    await login(fixture, bytes);
    const other = await openPeer();
    closing.unshift(() => other.close());
    await login({ ...fixture, nas: other }, bytes);
    const at = await fixture.server.listen({ address: '127.0.0.1', port: 0 });
    await login({ ...fixture, at }, bytes);
  });

  test('a full table forgets the oldest reply; full of requests in flight it drops the newest', async () => {
    const fixture = await start('auto', { maxDuplicates: 2 });
    const { nas, at, events, calls } = fixture;
    const [first, second, third] = [1, 2, 3].map((identifier) => signed({ identifier })) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    for (const bytes of [first, second, third]) await login(fixture, bytes);
    nas.send(third, at);
    expect(await events.next()).toBe('duplicate-answered');
    await nas.inbox.next();
    nas.send(first, at);
    nas.send(second, at);
    nas.send(signed({ identifier: 4 }), at);
    expect([await events.next(), await events.next(), await events.next()]).toEqual([
      'request',
      'request',
      'overloaded',
    ]);
    (await calls.next()).answer(accept);
  });

  test('a limit of requests in flight counts superseded ones too', async () => {
    const { nas, at, events } = await start('auto', { maxInFlight: 2 });
    for (let i = 0; i < 3; i++) nas.send(signed(), at);
    expect([await events.next(), await events.next(), await events.next()]).toEqual([
      'request',
      'request',
      'overloaded',
    ]);
  });
});

describe('RFC 3579 3.2 Message-Authenticator policies', () => {
  const eap = writeAttribute(rfc2869.EapMessage, Uint8Array.of(2, 0, 0, 5, 1));
  const wrong = () => signRequest(packet(), utf8('other secret'));

  test.each(['require', 'auto', 'off'] as const)(
    '%s: a wrong one is dropped, and EAP without one',
    async (policy) => {
      const fixture = await start(policy);
      fixture.nas.send(wrong(), fixture.at);
      expect(await fixture.events.next()).toBe('bad-message-authenticator');
      fixture.nas.send(unsigned({ attributes: [userName, eap] }), fixture.at);
      expect(await fixture.events.next()).toBe('missing-message-authenticator');
      await login(fixture, signed({ attributes: [userName, eap] }));
      expect(fixture.nas.inbox.size).toBe(0);
    },
  );

  test('require: unsigned is dropped', async () => {
    const { nas, at, events } = await start('require');
    nas.send(unsigned(), at);
    expect(await events.next()).toBe('missing-message-authenticator');
  });

  test('off: unsigned is taken, even with Proxy-State', async () => {
    const fixture = await start('off');
    await login(fixture, signed());
    const reply = await login(fixture, unsigned({ attributes: [userName, proxyState('p')] }));
    expect(reply.attributes.map(({ type }) => type)).toEqual([80, 18, 33]);
  });

  test('auto: unsigned is taken until the client has signed one; with Proxy-State never (CVE-2024-3596)', async () => {
    const fixture = await start('auto');
    const { nas, at, events } = fixture;
    await login(fixture, unsigned());
    nas.send(unsigned({ attributes: [userName, proxyState('p')] }), at);
    expect(await events.next()).toBe('unsigned-proxy-state');
    await login(fixture, signed({ attributes: [userName, eap] }));
    await login(fixture, unsigned());
    await login(fixture, signed());
    nas.send(unsigned(), at);
    expect(await events.next()).toBe('missing-message-authenticator');
  });

  test('two of them, or one of another length, is malformed', async () => {
    const { nas, at, events } = await start('off');
    const bad = { type: 80, value: new Uint8Array(15) };
    nas.send(unsigned({ attributes: [bad] }), at);
    expect(await events.next()).toBe('malformed');
    const twice = decodePacket(signed());
    nas.send(encodePacket({ ...twice, attributes: [...twice.attributes, ...twice.attributes] }), at);
    expect(await events.next()).toBe('malformed');
  });
});

describe('silence', () => {
  test('an unknown client', async () => {
    const fixture = await start('auto', { lookupClient: () => undefined });
    fixture.nas.send(signed(), fixture.at);
    expect(await fixture.events.next()).toBe('unknown-client');
  });

  test('a look-up that throws', async () => {
    const fixture = await start('auto', {
      lookupClient: () => {
        throw new Error('boom');
      },
    });
    fixture.nas.send(signed(), fixture.at);
    expect(await fixture.events.next()).toBe('failed');
  });

  test.each([Code.AccountingRequest, Code.AccessAccept, Code.AccessChallenge, 0, 40])(
    'code %i',
    async (code) => {
      const { nas, at, events } = await start();
      nas.send(signed({ code }), at);
      expect(await events.next()).toBe('unexpected-code');
    },
  );

  const password = { type: 2, value: new Uint8Array(16) };
  const chap = { type: 3, value: new Uint8Array(17) };
  test.each<[string, Attribute[]]>([
    ['two User-Names', [userName, userName]],
    ['two User-Passwords', [password, password]],
    ['two States', [24, 24].map((type) => ({ type, value: new Uint8Array(4) }))],
    ['two CHAP-Challenges', [60, 60].map((type) => ({ type, value: new Uint8Array(16) }))],
    ['User-Password and CHAP-Password', [password, chap]],
    ['a User-Password not in blocks', [{ type: 2, value: new Uint8Array(17) }]],
    ['an empty User-Password', [{ type: 2, value: new Uint8Array(0) }]],
    ['a User-Password above 128', [{ type: 2, value: new Uint8Array(144) }]],
    ['a CHAP-Password of 16', [{ type: 3, value: new Uint8Array(16) }]],
  ])('%s', async (_, attributes) => {
    const { nas, at, events } = await start();
    nas.send(signed({ attributes }), at);
    expect(await events.next()).toBe('malformed');
  });

  test('noise', async () => {
    const { nas, at, events } = await start();
    for (const length of [0, 1, 19, 20, 64]) nas.send(new Uint8Array(length), at);
    for (let i = 0; i < 5; i++) expect(await events.next()).toBe('malformed');
  });
});

describe('RFC 5997 Status-Server', () => {
  const query = () => ({ code: Code.StatusServer, attributes: [] });

  test('signed: answered by the server, with what the caller adds', async () => {
    const { nas, at, events, calls } = await start('auto', { status: () => accept.attributes });
    nas.send(signed(query()), at);
    const reply = decodePacket((await nas.inbox.next()).bytes);
    expect(reply.code).toBe(Code.AccessAccept);
    expect(reply.attributes.map(({ type }) => type)).toEqual([80, 18]);
    expect(await events.next()).toBe('status-answered');
    expect(calls.size).toBe(0);
  });

  test('unsigned or wrongly signed: dropped even under "off"', async () => {
    const { nas, at, events } = await start('off');
    nas.send(unsigned(query()), at);
    expect(await events.next()).toBe('missing-message-authenticator');
    nas.send(signRequest(packet(query()), utf8('other secret')), at);
    expect(await events.next()).toBe('bad-message-authenticator');
  });

  test('not ready: no answer', async () => {
    const { nas, at, events } = await start('auto', { status: () => undefined });
    nas.send(signed(query()), at);
    expect(await events.next()).toBe('status-unready');
  });

  test('does not make "auto" require signatures of the requests from that address', async () => {
    const fixture = await start('auto');
    fixture.nas.send(signed(query()), fixture.at);
    expect(await fixture.events.next()).toBe('status-answered');
    await fixture.nas.inbox.next();
    await login(fixture, unsigned());
  });
});

describe('stopping', () => {
  test('waits for requests in flight, takes no new ones, still serves retransmissions', async () => {
    const { server, nas, at, calls, events } = await start();
    const bytes = signed({ identifier: 1 });
    nas.send(bytes, at);
    const call = await calls.next();
    const stopped = server.stop(60_000);
    nas.send(signed({ identifier: 2 }), at);
    nas.send(bytes, at);
    expect([await events.next(), await events.next(), await events.next()]).toEqual([
      'request',
      'stopping',
      'duplicate-in-flight',
    ]);
    call.answer(accept);
    expect(decodePacket((await nas.inbox.next()).bytes).identifier).toBe(1);
    await stopped;
    expect(call.signal.aborted).toBe(false);
  });

  test('after the grace period the signal aborts and the sockets close', async () => {
    const { server, nas, at, calls } = await start();
    nas.send(signed(), at);
    const call = await calls.next();
    await server.stop(1);
    expect(call.signal.aborted).toBe(true);
    call.answer(accept);
    const socket = openSocket(at.address);
    expect(await bindSocket(socket, at)).toEqual(at);
    await closeSocket(socket);
  });

  test('a taken port is refused with the system error', async () => {
    const { server, at } = await start();
    await expect(server.listen(at)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
