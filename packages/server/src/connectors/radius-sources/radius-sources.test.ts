// The connector against RADIUS servers on loopback, made by the codec's own server; FreeRADIUS plays the part in e2e.
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import {
  Code,
  createRadiusServer,
  type RadiusReply,
  type RadiusRequest,
  readFirst,
  rfc2865,
} from '@countersign/radius';
import { afterEach, expect, test } from 'vitest';
import type { DirectoryFinding, RadiusSourceSettings } from '#core/user-sources/directory.ts';
import { systemClock } from '#platform/clock.ts';
import { systemRandom } from '#platform/random.ts';
import { Secret } from '#platform/secret.ts';
import { HostFailure } from '../directories/failure.ts';
import { connectRadiusSources } from './radius-sources.ts';

interface Peer {
  readonly secret: Uint8Array;
  readonly messageAuthenticator: 'require';
}

const never = new AbortController().signal;
const secret = 'a shared secret that is long';
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function connect() {
  const observed: string[] = [];
  const heard: (string | undefined)[] = [];
  const sources = connectRadiusSources({
    clock: systemClock,
    random: systemRandom,
    findAddresses: async (host) => {
      if (host === 'nowhere.example') throw new HostFailure('name_resolved', 'no address is known');
      return [host === 'radius.example' ? '127.0.0.1' : host];
    },
    observe: ({ name }, _operation, result) => void observed.push(`${name} ${result}`),
    heard: (_settings, cause) => void heard.push(cause),
  });
  stops.push(() => sources.close());
  return { sources, observed, heard };
}

const settingsOf = (
  hosts: readonly { host: string; port: number }[],
  more: Partial<RadiusSourceSettings> = {},
): RadiusSourceSettings => ({
  id: 'src_1',
  revision: 1,
  kind: 'radius',
  name: 'RADIUS',
  hosts,
  shared_secret: new Secret(secret),
  nas_identifier: '',
  realm: '',
  answer_ms: 200,
  tries: 1,
  ...more,
});

type Handle = (request: RadiusRequest<Peer>) => RadiusReply;
const reply = (code: RadiusReply['code']): RadiusReply => ({ code, attributes: [] });
const ofPassword: Handle = (request) =>
  reply(
    Buffer.from(request.userPassword() ?? []).toString() === 'right' ? Code.AccessAccept : Code.AccessReject,
  );

async function server(handle: Handle = ofPassword) {
  const asked: RadiusRequest<Peer>[] = [];
  const radius = createRadiusServer<Peer>({
    lookupClient: () => ({ secret: Buffer.from(secret), messageAuthenticator: 'require' }),
    handle: async (request) => {
      asked.push(request);
      return handle(request);
    },
    now: () => performance.now(),
  });
  const { port } = await radius.listen({ address: '127.0.0.1', port: 0 });
  stops.push(() => radius.stop(0));
  return { host: { host: '127.0.0.1', port }, asked };
}

/** Takes what comes and says nothing, or something. */
async function datagrams(answer?: (bytes: Buffer) => Buffer) {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.on('message', (bytes, from) => {
    if (answer) socket.send(answer(bytes), from.port, from.address);
  });
  stops.push(async () => void socket.close());
  return { host: '127.0.0.1', port: socket.address().port };
}

const ask = (
  { sources }: ReturnType<typeof connect>,
  settings: RadiusSourceSettings,
  password = 'right',
  name = 'alice',
) => sources.verify(settings, name, new Secret(password), never);

test('right, wrong, asked for more; the server is told who asks, and the realm', async () => {
  const { host, asked } = await server((request) =>
    readFirst(request.packet.attributes, rfc2865.UserName) === 'token@corp'
      ? reply(Code.AccessChallenge)
      : ofPassword(request),
  );
  const here = connect();
  const settings = settingsOf([host], { realm: 'corp', nas_identifier: 'mfa' });
  expect(await ask(here, settings)).toEqual({
    kind: 'found',
    user: {
      guid: 'src_1/alice',
      dn: '',
      username: 'alice',
      full_name: '',
      email: '',
      phone: '',
      teams: [],
      enabled: true,
    },
  });
  expect(await ask(here, settings, 'wrong')).toMatchObject({ kind: 'refused', reason: 'radius_rejected' });
  expect(await ask(here, settings, 'right', 'token')).toMatchObject({ reason: 'radius_challenged' });
  const [first] = asked;
  expect(first && readFirst(first.packet.attributes, rfc2865.UserName)).toBe('alice@corp');
  expect(first && readFirst(first.packet.attributes, rfc2865.NasIdentifier)).toBe('mfa');
  expect(here.observed).toEqual(['RADIUS found', 'RADIUS refused', 'RADIUS refused']);
  expect(here.heard).toEqual([undefined, undefined, undefined]);
});

test('what RADIUS cannot carry is not sent', async () => {
  const { host, asked } = await server();
  const here = connect();
  for (const [password, reason] of [
    ['', 'empty_password'],
    ['x'.repeat(129), 'password_too_long'],
    ['right\0', 'password_too_long'],
  ] as const)
    expect(await ask(here, settingsOf([host]), password)).toMatchObject({ kind: 'refused', reason });
  expect(await ask(here, settingsOf([host]), 'right', 'ａlice')).toMatchObject({ kind: 'not_found' });
  expect(asked).toEqual([]);
});

test('the next server is asked, and the silent one passed over for a while', async () => {
  const silent = await datagrams();
  const { host } = await server();
  const here = connect();
  const settings = settingsOf([{ host: 'nowhere.example', port: 1 }, silent, host]);
  expect((await ask(here, settings)).kind).toBe('found');
  const since = performance.now();
  expect((await ask(here, settings)).kind).toBe('found');
  expect(performance.now() - since).toBeLessThan(150);
});

test('nobody answers: each server has its reason', async () => {
  const silent = await datagrams();
  const here = connect();
  const answer = await ask(here, settingsOf([{ host: 'nowhere.example', port: 1 }, silent]));
  expect(answer).toEqual({
    kind: 'unavailable',
    detail: `nowhere.example: no address is known; 127.0.0.1:${silent.port} gave no answer`,
  });
});

/** RFC 2865 3: genuine, and not signed, as BlastRADIUS makes an Access-Accept of a reject. */
function unsignedAccept(request: Buffer): Buffer {
  const head = Buffer.from([Code.AccessAccept, request[1] ?? 0, 0, 20]);
  const authenticator = createHash('md5').update(head).update(request.subarray(4, 20)).update(secret);
  return Buffer.concat([head, authenticator.digest()]);
}

test('an answer that is not signed, or made with another secret, is none (CVE-2024-3596)', async () => {
  const forger = await datagrams(unsignedAccept);
  const here = connect();
  const { host } = await server();
  expect(await ask(here, settingsOf([forger]))).toEqual({
    kind: 'unavailable',
    detail: `127.0.0.1:${forger.port} gave an answer that has no Message-Authenticator`,
  });
  const wrong = settingsOf([host], { shared_secret: new Secret('another secret of that length') });
  expect(await ask(here, wrong)).toMatchObject({ kind: 'unavailable' });
});

test('a test tells of each server by itself', async () => {
  const all = async (settings: RadiusSourceSettings): Promise<DirectoryFinding[]> => {
    const found: DirectoryFinding[] = [];
    for await (const finding of connect().sources.probe(settings, never)) found.push(finding);
    return found;
  };
  const { host } = await server();
  const steps = await all(
    settingsOf([
      { host: 'nowhere.example', port: 1 },
      { host: 'radius.example', port: host.port },
      await datagrams(),
    ]),
  );
  expect(steps.map(({ step, passed }) => [step, passed])).toEqual([
    ['name_resolved', false],
    ['name_resolved', true],
    ['answered', true],
    ['answered', false],
  ]);
  expect(steps[2]?.host).toBe(`radius.example:${host.port} (127.0.0.1)`);
});
