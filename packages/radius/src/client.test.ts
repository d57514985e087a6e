// The client against this package's server and against sockets that misbehave.
import { afterEach, describe, expect, test } from 'vitest';
import { readFirst, writeAttribute } from './attributes.ts';
import { responseAuthenticator } from './authenticator.ts';
import { createRadiusClient } from './client.ts';
import type { HomeServer, RadiusClientEvent, RadiusClientOptions } from './client-types.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { rfc2869 } from './dictionary/rfc2869.ts';
import { hideUserPassword } from './hiding.ts';
import { checkMessageAuthenticator } from './message-authenticator.ts';
import { type Attribute, Code, decodePacket, encodePacket } from './packet.ts';
import { createRadiusServer } from './server.ts';
import { signReply } from './sign-packet.ts';
import type { MessageAuthenticatorPolicy } from './signature-policy.ts';
import { createInbox, type Datagram, openPeer, type TestPeer } from './peer.test-support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const secret = utf8('testing123');
const userName = writeAttribute(rfc2865.UserName, 'alice');
const proxyState = writeAttribute(rfc2865.ProxyState, utf8('p'));
const question = { code: Code.AccessRequest, attributes: () => [userName] };
const patient = { timeoutMs: 20_000, retries: 0 };
const brief = { timeoutMs: 25, retries: 0 };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function createClient(options: RadiusClientOptions = {}) {
  const events = createInbox<RadiusClientEvent['kind']>();
  const client = createRadiusClient({ observe: ({ kind }) => events.push(kind), ...options });
  closing.push(() => client.close());
  return { client, events };
}

async function openStub(policy: MessageAuthenticatorPolicy = 'auto', address?: string) {
  const stub = await openPeer(address);
  closing.push(() => stub.close());
  return { stub, server: { ...stub.endpoint, secret, messageAuthenticator: policy } satisfies HomeServer };
}

const accept = ({ bytes }: Datagram, key = secret) =>
  signReply({ code: Code.AccessAccept, attributes: [] }, decodePacket(bytes), key);

/** A reply with a good Response Authenticator and no Message-Authenticator. */
function unsignedReply(
  { bytes }: Datagram,
  attributes: Attribute[] = [],
  code: number = Code.AccessAccept,
): Uint8Array {
  const request = decodePacket(bytes);
  const reply = encodePacket({ ...request, code, attributes });
  reply.set(responseAuthenticator(reply, request.authenticator, secret), 4);
  return reply;
}

const answer = (stub: TestPeer, { from }: Datagram, bytes: Uint8Array) => stub.send(bytes, from);

describe('with a real server', () => {
  async function startServer(address: string): Promise<HomeServer> {
    const server = createRadiusServer({
      lookupClient: () => ({ secret, messageAuthenticator: 'require' as const }),
      handle: async (request) => ({
        code:
          Buffer.from(request.userPassword() ?? []).toString() === 'right'
            ? Code.AccessAccept
            : Code.AccessReject,
        attributes: [
          writeAttribute(rfc2865.ReplyMessage, readFirst(request.packet.attributes, rfc2865.UserName) ?? ''),
        ],
      }),
      now: () => performance.now(),
    });
    closing.push(() => server.stop(0));
    return { ...(await server.listen({ address, port: 0 })), secret, messageAuthenticator: 'require' };
  }

  test.each(['127.0.0.1', '::1'])('asks and is answered at %s', async (address) => {
    const server = await startServer(address);
    const { client } = createClient();
    const login = (password: string) =>
      client.exchange(
        server,
        {
          code: Code.AccessRequest,
          attributes: (authenticator) => [
            userName,
            writeAttribute(rfc2865.UserPassword, hideUserPassword(utf8(password), { secret, authenticator })),
          ],
        },
        patient,
      );
    const right = await login('right');
    expect(right).toMatchObject({ kind: 'reply', packet: { code: Code.AccessAccept } });
    expect(right.kind === 'reply' && readFirst(right.packet.attributes, rfc2865.ReplyMessage)).toBe('alice');
    expect(await login('wrong')).toMatchObject({ kind: 'reply', packet: { code: Code.AccessReject } });
    expect(await client.probe(server, patient)).toMatchObject({
      kind: 'reply',
      packet: { code: Code.AccessAccept },
    });
  });

  test('600 at once need three sockets', async () => {
    const server = await startServer('127.0.0.1');
    const { client } = createClient();
    const results = await Promise.all(
      Array.from({ length: 600 }, () => client.exchange(server, question, patient)),
    );
    expect(results.every(({ kind }) => kind === 'reply')).toBe(true);
  });
});

describe('what is sent', () => {
  test('Message-Authenticator first and valid; another in the list is left out', async () => {
    const { stub, server } = await openStub();
    const { client } = createClient();
    const stale = { type: rfc2869.MessageAuthenticator.type, value: new Uint8Array(16) };
    const result = client.exchange(
      server,
      { ...question, attributes: () => [userName, stale, proxyState] },
      patient,
    );
    const asked = await stub.inbox.next();
    const request = decodePacket(asked.bytes);
    expect(request.attributes.map(({ type }) => type)).toEqual([80, 1, 33]);
    expect(checkMessageAuthenticator(request, secret, request.authenticator)).toBe('valid');
    answer(stub, asked, accept(asked));
    expect(await result).toMatchObject({ kind: 'reply', authenticator: request.authenticator });
  });

  test('RFC 2865 2.5: a retransmission repeats every byte from the same port', async () => {
    const { stub, server } = await openStub();
    const { client, events } = createClient();
    const result = client.exchange(server, question, { timeoutMs: 10, retries: 1000 });
    const first = await stub.inbox.next();
    expect(await stub.inbox.next()).toEqual(first);
    answer(stub, first, accept(first));
    expect((await result).kind).toBe('reply');
    expect(await events.next()).toBe('retransmission');
  });

  test('every request has an identifier and an authenticator of its own', async () => {
    const { stub, server } = await openStub();
    const { client } = createClient({ maxSocketsPerServer: 2 });
    const results = Array.from({ length: 512 }, () => client.exchange(server, question, patient));
    expect(await client.exchange(server, question, patient)).toEqual({ kind: 'exhausted' });
    const asked = await Promise.all(results.map(() => stub.inbox.next()));
    expect(new Set(asked.map(({ bytes, from }) => `${from.port} ${bytes[1]}`)).size).toBe(512);
    expect(new Set(asked.map(({ bytes }) => bytes.subarray(4, 20).join())).size).toBe(512);
    for (const each of asked) answer(stub, each, accept(each));
    for (const result of results) expect((await result).kind).toBe('reply');
    const next = client.exchange(server, question, patient);
    const again = await stub.inbox.next();
    answer(stub, again, accept(again));
    expect((await next).kind).toBe('reply');
  });

  test('a request that cannot be encoded rejects and frees its identifier', async () => {
    const { server } = await openStub();
    const { client } = createClient({ maxSocketsPerServer: 1 });
    const long = {
      ...question,
      attributes: () => Array.from({ length: 17 }, () => ({ type: 18, value: new Uint8Array(253) })),
    };
    for (let i = 0; i < 300; i++) {
      await expect(client.exchange(server, long, patient)).rejects.toMatchObject({ code: 'too-long' });
    }
  });
});

describe('what is not taken as the reply', () => {
  test.each<[string, string, (asked: Datagram) => Uint8Array]>([
    ['another secret', 'bad-response-authenticator', (asked) => accept(asked, utf8('other'))],
    [
      'another identifier',
      'unexpected-identifier',
      (asked) => accept({ ...asked, bytes: asked.bytes.with(1, (asked.bytes[1]! + 1) % 256) }),
    ],
    [
      'another authenticator',
      'bad-response-authenticator',
      (asked) => accept({ ...asked, bytes: asked.bytes.with(4, asked.bytes[4]! ^ 1) }),
    ],
    [
      'a code that answers nothing',
      'unexpected-code',
      (asked) => unsignedReply(asked, [], Code.AccessRequest),
    ],
    ['noise', 'malformed', (asked) => Uint8Array.of(2, asked.bytes[1]!, 0)],
    [
      'a bad Message-Authenticator',
      'bad-message-authenticator',
      (asked) => unsignedReply(asked, [{ type: 80, value: new Uint8Array(16) }]),
    ],
    [
      'a short Message-Authenticator',
      'malformed',
      (asked) => unsignedReply(asked, [{ type: 80, value: new Uint8Array(15) }]),
    ],
    [
      'unsigned with Proxy-State (CVE-2024-3596)',
      'unsigned-proxy-state',
      (asked) => unsignedReply(asked, [proxyState]),
    ],
    [
      'unsigned with EAP-Message (RFC 3579 3.2)',
      'missing-message-authenticator',
      (asked) => unsignedReply(asked, [{ type: 79, value: Uint8Array.of(3, 1, 0, 4) }]),
    ],
  ])('%s', async (_, kind, reply) => {
    const { stub, server } = await openStub();
    const { client, events } = createClient();
    const result = client.exchange(server, question, patient);
    const asked = await stub.inbox.next();
    answer(stub, asked, reply(asked));
    expect(await events.next()).toBe(kind);
    answer(stub, asked, accept(asked));
    expect((await result).kind).toBe('reply');
  });

  test('a good reply from another port', async () => {
    const { stub, server } = await openStub();
    const { client } = createClient();
    const stranger = await openPeer();
    closing.push(() => stranger.close());
    const result = client.exchange(server, question, patient);
    const asked = await stub.inbox.next();
    answer(
      stranger,
      asked,
      signReply({ code: Code.AccessAccept, attributes: [] }, decodePacket(asked.bytes), secret),
    );
    answer(
      stub,
      asked,
      signReply({ code: Code.AccessReject, attributes: [] }, decodePacket(asked.bytes), secret),
    );
    expect(await result).toMatchObject({ packet: { code: Code.AccessReject } });
  });

  test('the timeout tells why the last one was refused', async () => {
    const { stub, server } = await openStub();
    const { client, events } = createClient();
    const result = client.exchange(server, question, { timeoutMs: 300, retries: 0 });
    const asked = await stub.inbox.next();
    answer(stub, asked, accept(asked, utf8('other')));
    expect(await events.next()).toBe('bad-response-authenticator');
    expect(await result).toEqual({ kind: 'timeout', refusal: 'bad-response-authenticator' });
    expect(await client.exchange(server, question, brief)).toEqual({ kind: 'timeout', refusal: undefined });
  });
});

describe('Message-Authenticator policies', () => {
  async function outcome(
    policy: MessageAuthenticatorPolicy,
    replies: ((asked: Datagram) => Uint8Array)[],
    probeFirst = false,
  ) {
    const { stub, server } = await openStub(policy);
    const { client, events } = createClient();
    const kinds: string[] = [];
    for (const [index, reply] of replies.entries()) {
      const probing = probeFirst && index === 0;
      const result = probing ? client.probe(server, patient) : client.exchange(server, question, patient);
      const asked = await stub.inbox.next();
      answer(stub, asked, reply(asked));
      kinds.push(await Promise.race([result.then(({ kind }) => kind), events.next()]));
      answer(stub, asked, accept(asked));
      await result;
    }
    return kinds;
  }

  test('require: unsigned is not taken', async () => {
    expect(await outcome('require', [(asked) => unsignedReply(asked)])).toEqual([
      'missing-message-authenticator',
    ]);
  });

  test('off: unsigned is taken', async () => {
    expect(await outcome('off', [accept, (asked) => unsignedReply(asked, [proxyState])])).toEqual([
      'reply',
      'reply',
    ]);
  });

  test('auto: unsigned is taken until the server has signed one', async () => {
    const replies = [
      (asked: Datagram) => unsignedReply(asked),
      accept,
      (asked: Datagram) => unsignedReply(asked),
    ];
    expect(await outcome('auto', replies)).toEqual(['reply', 'reply', 'missing-message-authenticator']);
  });

  test('auto: a signed answer to a probe changes nothing', async () => {
    expect(await outcome('auto', [accept, (asked) => unsignedReply(asked)], true)).toEqual([
      'reply',
      'reply',
    ]);
  });
});

describe('endings', () => {
  test('nobody listens: unreachable, and surely not delivered', async () => {
    const { stub, server } = await openStub();
    closing.shift();
    await stub.close();
    const { client } = createClient();
    for (let i = 0; i < 2; i++) {
      const result = await client.exchange(server, question, patient);
      expect(result).toMatchObject({ kind: 'unreachable', error: { code: 'ECONNREFUSED' }, delivered: 'no' });
    }
    const several = await Promise.all([1, 2].map(() => client.exchange(server, question, patient)));
    expect(several.map(({ kind }) => kind)).toEqual(['unreachable', 'unreachable']);
  });

  test('nobody listens any more at the retransmission: the first may have been delivered', async () => {
    const { stub, server } = await openStub();
    closing.shift();
    const { client } = createClient();
    const result = client.exchange(server, question, { timeoutMs: 100, retries: 1000 });
    await stub.inbox.next();
    await stub.close();
    expect(await result).toMatchObject({ kind: 'unreachable', delivered: 'unknown' });
  });

  test('an address that may not be sent to', async () => {
    const { client } = createClient();
    const server: HomeServer = {
      address: '255.255.255.255',
      port: 1812,
      secret,
      messageAuthenticator: 'off',
    };
    expect(await client.exchange(server, question, patient)).toMatchObject({
      kind: 'unreachable',
      delivered: 'no',
    });
  });

  test('the signal aborts, before and during', async () => {
    const { stub, server } = await openStub();
    const { client } = createClient();
    const controller = new AbortController();
    const result = client.exchange(server, question, { ...patient, signal: controller.signal });
    await stub.inbox.next();
    controller.abort();
    expect(await result).toEqual({ kind: 'aborted' });
    expect(await client.exchange(server, question, { ...patient, signal: controller.signal })).toEqual({
      kind: 'aborted',
    });
  });

  test('closing aborts what is in flight and refuses more', async () => {
    const { stub, server } = await openStub();
    const { client } = createClient();
    const result = client.exchange(server, question, patient);
    await stub.inbox.next();
    await client.close();
    expect(await result).toEqual({ kind: 'aborted' });
    expect(await client.exchange(server, question, patient)).toEqual({ kind: 'aborted' });
  });
});
