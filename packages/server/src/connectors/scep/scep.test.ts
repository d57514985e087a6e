// What the test of a SCEP server says of how it signs, and what an answer by HTTP alone means: the authority is step-ca's, and so is what it answers.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { newScepSource } from '#core/certificate-sources/memory-scep.test-support.ts';
import { readSignedAnswer } from '#core/certificates/signed-message.ts';
import { systemRandom } from '#platform/random.ts';
import { expect, onTestFinished, test } from 'vitest';
import { newRegistrar } from '#core/certificate-sources/registrar.ts';
import { toPem } from '#core/certificates/der.ts';
import { fingerprintOf } from './read-authority.ts';
import { createScepClient } from './scep.ts';
import { stepCaRefused } from './step-ca-answer.test-support.ts';

const refusal = Buffer.from(stepCaRefused, 'base64');
const message = 'application/x-pki-message';
const at = Date.parse('2027-01-01');

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/scep`;
}

/** @param says to a request: status, type, bytes */
async function probe(says: readonly [number, string, Uint8Array], more: object = {}) {
  const authority = readSignedAnswer(refusal)?.signer.certificate;
  if (!authority) throw new Error('no authority');
  const url = await serve((request, response) => {
    if (request.method === 'POST') response.writeHead(says[0], { 'content-type': says[1] }).end(says[2]);
    else response.end(request.url?.endsWith('GetCACaps') ? 'SCEPStandard' : authority.raw);
  });
  const place = {
    ...{ url, fingerprint: fingerprintOf(authority), challenge: 'none', challenge_url: '' },
  };
  const { from: _, ...fields } = newScepSource({ ...place, ...more }) as Extract<
    ReturnType<typeof newScepSource>,
    { from: 'scep' }
  >;
  const client = createScepClient({ clock: createHandClock(at), random: systemRandom });
  const steps = client.probe({ ...fields, secret: null }, new AbortController().signal);
  const found = [];
  for (;;) {
    const next = await steps.next();
    if (next.done) return { last: found.at(-1), authority: next.value };
    found.push(next.value);
  }
}

test('SHA-1 ends the test with what to do, unless the settings take it', async () => {
  const refused = await probe([200, message, refusal]);
  expect(refused.last).toMatchObject({ step: 'signature', passed: false });
  expect(refused.last?.sentence).toMatch(/SHA-1.*Take answers signed with SHA-1.*accept_sha1_answers/);
  expect(refused.authority).toBeUndefined();
  const taken = await probe([200, message, refusal], { accept_sha1_answers: true });
  expect(taken.last).toMatchObject({ passed: true, sentence: 'It signs its answers with SHA-1.' });
  expect(taken.authority?.certificate).toContain('BEGIN CERTIFICATE');
});

test.each<readonly [readonly [number, string, Uint8Array], RegExp]>([
  [[500, 'text/plain', Buffer.from('no')], /HTTP 500; how it signs is seen with the first device/],
  [[200, 'text/html', refusal], /no message of SCEP; how it signs/],
  [[200, message, refusal.subarray(0, 200)], /has no signature; how it signs/],
])(
  'an authority that says nothing to what it cannot grant is taken all the same: %#',
  async (says, words) => {
    const { last, authority } = await probe(says);
    expect(last).toMatchObject({ step: 'signature', passed: true });
    expect(last?.sentence).toMatch(words);
    expect(authority).toBeDefined();
  },
);

test('a proxy that says that nobody is behind it is no answer of the authority', async () => {
  const statuses = [502, 503, 504, 500, 404];
  const clock = createHandClock(at);
  const authority = readSignedAnswer(refusal)?.signer.certificate;
  const registrar = await newRegistrar({ clock, random: systemRandom }, { bits: 2048, lifeMs: 86_400_000 });
  const pem = toPem('CERTIFICATE', authority?.raw ?? Buffer.alloc(0));
  const client = createScepClient({ clock, random: systemRandom });
  const kinds = [];
  for (const status of statuses) {
    const asking = {
      url: await serve((_, response) => void response.writeHead(status).end()),
      authority: { certificate: pem, issuers: [], registrars: [pem] },
      ...{ registrar, request: Buffer.from('request'), transactionId: '01', acceptSha1: false },
      ask: 'enrol' as const,
    };
    const answer = await client.ask(asking, new AbortController().signal);
    kinds.push([status, answer.kind]);
  }
  expect(kinds).toEqual([
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
    [500, 'senseless'],
    [404, 'senseless'],
  ]);
});
