// Whom the server believes: signature policies, Status-Server, and everything it is silent about.
import { afterEach, describe, expect, test } from 'vitest';
import { writeAttribute } from './attributes.ts';
import { rfc2869 } from './dictionary/rfc2869.ts';
import { type Attribute, Code, decodePacket, encodePacket } from './packet.ts';
import type { RadiusReply } from './server-types.ts';
import { signRequest } from './sign-packet.ts';
import {
  accept,
  closeAll,
  login,
  packet,
  proxyState,
  reject,
  signed,
  start,
  unsigned,
  userName,
  utf8,
} from './server.test-support.ts';

afterEach(closeAll);

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

describe('no amplification: an unsigned sender is never sent more than came in its name', () => {
  const message = { type: 18, value: new Uint8Array(200) };
  const replyTo = async (request: Uint8Array, reply: RadiusReply) => {
    const { nas, at, calls } = await start('off');
    nas.send(request, at);
    (await calls.next()).answer(reply);
    return (await nas.inbox.next()).bytes;
  };

  test('a refusal loses what would make it longer, and keeps its Proxy-State', async () => {
    const request = unsigned({ attributes: [userName, proxyState('p')] });
    const bytes = await replyTo(request, { ...reject, attributes: [message] });
    expect(bytes.length).toBeLessThanOrEqual(request.length);
    expect(decodePacket(bytes).attributes.map(({ type }) => type)).toEqual([80, 33]);
  });

  test('a refusal that is no longer than its request stays whole, and so does one of a signed request', async () => {
    const long = unsigned({ attributes: [userName, { type: 222, value: new Uint8Array(250) }] });
    for (const request of [long, signed()])
      expect(
        decodePacket(await replyTo(request, { ...reject, attributes: [message] })).attributes,
      ).toHaveLength(2);
  });

  test('a request that is shorter than any refusal gets none', async () => {
    const { nas, at, events } = await start('off');
    const short = (length: number) => ({ type: 1, value: new Uint8Array(length) });
    nas.send(unsigned({ attributes: [] }), at);
    nas.send(unsigned({ attributes: [short(15), proxyState('long enough, but it must be returned')] }), at);
    expect([await events.next(), await events.next()]).toEqual(['unanswerable', 'unanswerable']);
    const request = unsigned({ attributes: [short(16)] });
    expect((await replyTo(request, reject)).length).toBe(request.length);
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
