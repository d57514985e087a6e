// The server over real loopback sockets: what it answers, what it repeats, and how it stops.
import { afterEach, describe, expect, test } from 'vitest';
import { readAll, writeAttribute } from './attributes.ts';
import { verifyResponseAuthenticator } from './authenticator.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { hideUserPassword } from './hiding.ts';
import { checkMessageAuthenticator } from './message-authenticator.ts';
import { type Attribute, Code, decodePacket } from './packet.ts';
import { signRequest } from './sign-packet.ts';
import { openPeer } from './peer.test-support.ts';
import { bindSocket, closeSocket, openSocket } from './udp-socket.ts';
import {
  type Call,
  accept,
  closeAll,
  closing,
  login,
  packet,
  proxyState,
  reject,
  secret,
  signed,
  start,
  unsigned,
  userName,
  utf8,
} from './server.test-support.ts';

afterEach(closeAll);

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

describe('a datagram handed over', () => {
  test('is treated as any: judged, counted, answered once, and repeated from the cache', async () => {
    const { server, calls, events } = await start('require');
    const replies: Uint8Array[] = [];
    const hand = (bytes: Uint8Array) =>
      server.receive({
        listener: { address: 'by hand', port: 0 },
        source: { address: '192.0.2.7', port: 1 },
        bytes,
        answer: (reply) => replies.push(reply),
      });
    const request = signed();
    hand(request);
    expect(await events.next()).toBe('request');
    hand(request);
    expect(await events.next()).toBe('duplicate-in-flight');
    const call = await calls.next();
    expect(call.request).toMatchObject({ source: { address: '192.0.2.7' }, signed: true });
    call.answer(accept);
    expect(await events.next()).toBe('reply');
    hand(request);
    expect(await events.next()).toBe('duplicate-answered');
    expect(replies.map((bytes) => decodePacket(bytes).code)).toEqual([Code.AccessAccept, Code.AccessAccept]);
    expect(replies[0]).toEqual(replies[1]);
    hand(unsigned({ identifier: 8 }));
    expect(await events.next()).toBe('missing-message-authenticator');
    hand(Uint8Array.of(1, 2, 3));
    expect(await events.next()).toBe('malformed');
    expect(replies).toHaveLength(2);
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
      signed({ authenticator, attributes: [writeAttribute(rfc2865.UserName, 'mallory@branch.example')] }),
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
      'table-full',
    ]);
    (await calls.next()).answer(accept);
  });

  test('a limit of requests in flight counts superseded ones too', async () => {
    const { nas, at, events } = await start('auto', { maxInFlight: 4 });
    for (let i = 0; i < 3; i++) nas.send(signed(), at);
    expect([await events.next(), await events.next(), await events.next()]).toEqual([
      'request',
      'request',
      'client-share',
    ]);
  });

  test('a client that fills its share is dropped while another finds room', async () => {
    const shareOf = ({ name }: { name: string }) => name;
    const others = { secret, messageAuthenticator: 'auto', name: 'other' } as const;
    const { nas, at, events, server } = await start('auto', {
      maxInFlight: 6,
      shareOf,
      lookupClient: (address) => (address === '127.0.0.1' ? others : { ...others, name: 'another' }),
    });
    const elsewhere = await openPeer('127.0.0.2');
    closing.unshift(() => elsewhere.close());
    const outcomes: string[] = [];
    const send = async (peer: typeof nas) => {
      peer.send(signed(), at);
      outcomes.push(await events.next());
    };
    for (const peer of [nas, nas, nas, elsewhere]) await send(peer);
    expect(outcomes).toEqual(['request', 'request', 'source-share', 'request']);
    expect(server.inFlight).toBe(3);
  });

  test('an overloaded server drops what is new and still serves retransmissions', async () => {
    let overloaded = false;
    const { nas, at, events, calls } = await start('auto', { isOverloaded: () => overloaded });
    const bytes = signed({ identifier: 1 });
    nas.send(bytes, at);
    expect(await events.next()).toBe('request');
    overloaded = true;
    nas.send(signed({ identifier: 2 }), at);
    nas.send(bytes, at);
    expect([await events.next(), await events.next()]).toEqual(['overloaded', 'duplicate-in-flight']);
    (await calls.next()).answer(accept);
    expect(decodePacket((await nas.inbox.next()).bytes).identifier).toBe(1);
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
