import { expect, test } from 'vitest';
import { createServerClock } from '../platform/clock.ts';
import { openConnection } from './connection.ts';
import { eventNames } from './event-stream.ts';
import { readJws } from './jws.ts';
import { newDeviceKeys, publicJwk } from './keys.ts';
import { publicUrlOf, readOnboardingLink, ticketInFragment } from './onboarding-link.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';

const { signing } = await newDeviceKeys();
const signer = { key: signing.privateKey, jwk: await publicJwk(signing.publicKey) };

function connect(...answers: readonly (Response | Error)[]) {
  const calls: Request[] = [];
  const clock = createServerClock(() => 1_000_000_000);
  const connection = openConnection({
    publicUrl: 'https://mfa.example.com/mfa',
    clock,
    signer,
    fetch: async (input, init) => {
      calls.push(new Request(input, init));
      const answer = answers[calls.length - 1];
      if (!(answer instanceof Response)) throw answer ?? new Error('one call too many');
      return answer;
    },
  });
  return { connection, calls, clock };
}

const problem = (status: number, body: object, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const proofOf = (call: Request | undefined) =>
  JSON.parse(readJws(call?.headers.get('dpop') ?? '').payload) as Record<string, unknown>;

test('a stale proof corrects the clock and is tried once more, with a new proof', async () => {
  const stale = problem(401, { code: 'proof_stale', server_time: 2_000_000_000 });
  const { connection, calls, clock } = connect(stale, new Response('{"a":1}'));
  expect(await connection.call('GET', '/v1/device', { query: '?wait=1' })).toEqual({ a: 1 });
  expect(calls.map(({ url }) => url)).toEqual(Array(2).fill('https://mfa.example.com/mfa/v1/device?wait=1'));
  const [first, second] = calls.map(proofOf);
  expect([first?.['iat'], second?.['iat']]).toEqual([1_000_000, 2_000_000]);
  expect(first?.['jti']).not.toBe(second?.['jti']);
  expect(second?.['htu']).toBe('https://mfa.example.com/mfa/v1/device');
  expect(clock.now()).toBe(2_000_000_000);
});

test('twice stale is an error, and any other refusal is not tried again', async () => {
  const stale = () => problem(401, { code: 'proof_stale', server_time: 1 });
  await expect(connect(stale(), stale()).connection.call('GET', '/x')).rejects.toMatchObject({
    code: 'proof_stale',
  });
  const refused = connect(problem(401, { code: 'proof_invalid' }));
  await expect(refused.connection.call('GET', '/x')).rejects.toMatchObject({ code: 'proof_invalid' });
  expect(refused.calls).toHaveLength(1);
});

test('every response with a time corrects the clock', async () => {
  const { connection, clock } = connect(new Response('{"server_time":5}'));
  await connection.call('GET', '/x');
  expect(clock.now()).toBe(5);
});

test('no network, a gateway’s page, and half an answer are all “cannot be reached”', async () => {
  for (const answer of [
    new TypeError('offline'),
    new Response('<html>', { status: 502 }),
    new Response('<html>'),
  ]) {
    const error: unknown = await connect(answer)
      .connection.call('GET', '/x')
      .catch((caught: unknown) => caught);
    expect(codeOf(error)).toBe('unreachable');
  }
  const limited = problem(429, { code: 'too_many_requests' }, { 'retry-after': '3' });
  await expect(connect(limited).connection.call('GET', '/x')).rejects.toMatchObject({ retryAfterMs: 3000 });
});

test('names of events, in whatever pieces they come', () => {
  const text =
    ':\n\nevent: challenges\ndata:\n\n:\n\nevent: other\r\ndata: x\r\n\r\nevent: challenges\ndata:\n\n';
  for (const size of [1, 3, 7, 1000]) {
    const names = eventNames();
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => names.read(piece))).toEqual(['challenges', 'other', 'challenges']);
  }
});

test('onboarding links: as scanned, as the app’s own address, or the bare ticket', () => {
  const ticket = `cso_${'a'.repeat(43)}`;
  const publicUrl = 'https://mfa.example.com/mfa';
  for (const text of [`${publicUrl}/onboard#${ticket}`, ` ${publicUrl}/authenticator/#${ticket}\n`])
    expect(readOnboardingLink(text)).toEqual({ publicUrl, ticket });
  expect(readOnboardingLink(ticket)).toEqual({ publicUrl: undefined, ticket });
  for (const wrong of [
    '',
    'https://mfa.example.com/onboard',
    `${publicUrl}/onboard#${ticket}x`,
    `javascript:alert(1)//onboard#${ticket}`,
    `ftp://a/onboard#${ticket}`,
  ])
    expect(readOnboardingLink(wrong), wrong).toBeUndefined();
  expect(ticketInFragment(`#${ticket}`)).toBe(ticket);
  expect(ticketInFragment('#/codes')).toBeUndefined();
  expect(publicUrlOf('https://mfa.example.com/mfa/authenticator/')).toBe(publicUrl);
  expect(publicUrlOf('http://localhost:8080/authenticator/index.html')).toBe('http://localhost:8080');
});
