// Handlers that answer later: the request is kept as bytes, read anew for its answer, and otherwise treated as any other.
import { afterEach, expect, test } from 'vitest';
import { verifyResponseAuthenticator } from './authenticator.ts';
import { Code, decodePacket } from './packet.ts';
import { type Answer, answeredLater } from './server-types.ts';
import { createInbox } from './peer.test-support.ts';
import {
  accept,
  closeAll,
  packet,
  proxyState,
  secret,
  signed,
  start,
  userName,
} from './server.test-support.ts';
import { signRequest } from './sign-packet.ts';
import type { StopSignal } from './stop-signal.ts';

afterEach(closeAll);

async function startLater() {
  const asked = createInbox<{ answer: Answer; signal: StopSignal }>();
  const fixture = await start('require', {
    handle: async (_request, signal, answer) => {
      asked.push({ answer, signal });
      return answeredLater;
    },
  });
  return { ...fixture, asked };
}

test('the answer is to the packet that came, and is repeated to a retransmission', async () => {
  const { nas, at, asked, events, server } = await startLater();
  const request = packet({ attributes: [userName, proxyState('one')] });
  const bytes = signRequest(request, secret);
  nas.send(bytes, at);
  expect(await events.next()).toBe('request');
  const { answer } = await asked.next();
  nas.send(bytes, at);
  expect(await events.next()).toBe('duplicate-in-flight');
  expect(server.inFlight).toBe(1);
  answer((again) => {
    expect(again).toEqual(decodePacket(bytes));
    return accept;
  });
  expect(await events.next()).toBe('reply');
  expect(server.inFlight).toBe(0);
  const reply = await nas.inbox.next();
  expect(decodePacket(reply.bytes).attributes.map(({ type }) => type)).toEqual([80, 18, 33]);
  expect(verifyResponseAuthenticator(decodePacket(reply.bytes), request.authenticator, secret)).toBe(true);
  nas.send(bytes, at);
  expect(await events.next()).toBe('duplicate-answered');
  expect((await nas.inbox.next()).bytes).toEqual(reply.bytes);
});

test('no answer, and one that cannot be made, leave the request open to a retry', async () => {
  const { nas, at, asked, events, errors, server } = await startLater();
  const bytes = signed();
  const end = async (replyTo: Parameters<Answer>[0]): Promise<string> => {
    nas.send(bytes, at);
    expect(await events.next()).toBe('request');
    (await asked.next()).answer(replyTo);
    expect(server.inFlight).toBe(0);
    return events.next();
  };
  expect(await end(() => undefined)).toBe('silent');
  const broken = new Error('broken');
  expect(
    await end(() => {
      throw broken;
    }),
  ).toBe('handler-failed');
  expect(errors).toEqual([broken]);
  expect(await end(() => accept)).toBe('reply');
  expect(decodePacket((await nas.inbox.next()).bytes).code).toBe(Code.AccessAccept);
});

test('the signal of one that waits fires when the server stops, which waits for its answer', async () => {
  const { nas, at, asked, server } = await startLater();
  nas.send(signed(), at);
  const { answer, signal } = await asked.next();
  signal.addEventListener('abort', () => answer(() => undefined));
  await server.stop(10);
  expect([signal.aborted, server.inFlight]).toEqual([true, 0]);
});
