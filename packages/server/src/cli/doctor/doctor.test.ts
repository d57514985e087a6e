// countersign doctor: each thing that can be wrong, found and told with what to do.
import { generateKeyPairSync } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort, freeUdpPort } from '@countersign/testkit/peers/ports.ts';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plantDevice } from '#core/audit/administration.test-support.ts';
import { issueDeviceCertificate } from '#core/certificates/issue-device-certificate.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { findInstallation, installationDigest } from '#core/installation/installation.ts';
import { ensureVapidKey } from '#core/push-subscriptions/vapid-key.ts';
import { openSqlite } from '#db/sqlite.ts';
import { systemClock } from '#platform/clock.ts';
import { readMasterKey } from '#platform/data-directory.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { type Bench, createBench } from '../cli.test-support.ts';
import type { Finding } from './check.ts';

let bench: Bench;
beforeEach(async () => {
  bench = createBench();
  bench.env.COUNTERSIGN_HTTP_LISTEN = `127.0.0.1:${await freePort()}`;
  bench.env.COUNTERSIGN_RADIUS_LISTEN = `127.0.0.1:${await freeUdpPort()}`;
  bench.env.COUNTERSIGN_PUBLIC_URL = 'https://mfa.example.com';
});
afterEach(() => bench.remove());

async function install(): Promise<void> {
  await bench.run(['migrate']);
  await bench.run(['applications', 'create', '--name', 'VPN']);
}

async function examine(): Promise<{ code: number; find: (name: string) => Finding | undefined }> {
  const { code, out } = await bench.run(['doctor', '--json']);
  const { checks } = JSON.parse(out) as { checks: Finding[] };
  return { code, find: (name) => checks.find((check) => check.name.startsWith(name)) };
}

test('a sound installation', async () => {
  await install();
  const { code, out, err } = await bench.run(['doctor']);
  expect(out).toContain('0 failed');
  expect([code, err]).toEqual([0, '']);
  for (const name of [
    'data directory',
    'master key',
    'disk space',
    'database',
    'schema',
    'audit',
    'clock',
    'public URL',
  ])
    expect(out).toMatch(new RegExp(`^ok {7}${name}: `, 'm'));
});

test('pushes: the key, and what became of the last ones', async () => {
  await install();
  expect((await examine()).find('push')).toMatchObject({ status: 'ok' });
  const directory = bench.env.COUNTERSIGN_DATA_DIR!;
  const db = openSqlite(join(directory, 'countersign.db'));
  const vault = createVault(readMasterKey(join(directory, 'master.key')), systemRandom);
  await ensureVapidKey({ db, vault, clock: systemClock, random: systemRandom, auditChain: 'main' });
  expect((await examine()).find('push')?.message).toBe('0 devices are woken by push');

  const application = await bench.json<{ id: string }>(['applications', 'show', 'VPN']);
  const user = ['users', 'create', '--application', application.id, '--username', 'alice'];
  const { id } = await bench.json<{ id: string }>(user);
  await plantDevice(db, id, 'dev_1');
  const at = Date.now();
  const row = {
    ...{ device_id: 'dev_1', id: 'psh_1', service: 'https://push.example.com', endpoint: 'sealed' },
    ...{ p256dh: null, auth: null, token_hash: 'h', token_expires_at: at, proved_at: at, created_at: at },
    ...{ failure: 'refused_key' as const, failure_status: 403, failed_at: at },
  };
  await db.write((tx) => tx.insertInto('push_subscriptions').values(row).execute());
  await db.close();
  const failing = (await examine()).find('push');
  expect(failing).toMatchObject({ status: 'warn', remedy: expect.stringContaining('PUSH_CONTACT') });
  expect(failing?.message).toContain('1 device is woken by push; 1 could not be');
  expect(failing?.message).toContain('VAPID) (status 403)');
});

test('devices that were bound under another public URL are told', async () => {
  await install();
  expect((await examine()).find('devices and public URL')).toMatchObject({ status: 'ok' });
  const directory = bench.env.COUNTERSIGN_DATA_DIR!;
  const db = openSqlite(join(directory, 'countersign.db'));
  const vault = createVault(readMasterKey(join(directory, 'master.key')), systemRandom);
  const application = await bench.json<{ id: string }>(['applications', 'show', 'VPN']);
  const user = ['users', 'create', '--application', application.id, '--username', 'alice'];
  const { id } = await bench.json<{ id: string }>(user);
  const authorities = openAuthorities({ db, vault });
  const bind = async (device: string, publicUrl: string) => {
    await plantDevice(db, id, device);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const issuer = { authorities, publicUrl, clock: systemClock, random: systemRandom };
    const { pem } = await issueDeviceCertificate(issuer, device, publicKey);
    await db.write((tx) =>
      tx.updateTable('certificates').set({ pem }).where('device_id', '=', device).execute(),
    );
  };
  await bind('dev_1', 'https://mfa.example.com');
  expect((await examine()).find('devices and public URL')?.message).toBe('belong together');
  await bind('dev_2', 'http://localhost:8080');
  await bind('dev_3', 'http://localhost:8080');
  expect((await examine()).find('devices and public URL')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^2 of 3 devices .*http:\/\/localhost:8080, .*https:\/\/mfa.example.com:/),
    remedy: expect.stringContaining('COUNTERSIGN_PUBLIC_URL'),
  });
  // One that is revoked asks for nothing any more.
  await db.write((tx) =>
    tx.updateTable('devices').set({ revoked_at: 1 }).where('id', '!=', 'dev_1').execute(),
  );
  await db.close();
  expect((await examine()).find('devices and public URL')?.status).toBe('ok');
});

test('before the first start it makes nothing and says what to do', async () => {
  const { code, find } = await examine();
  expect(code).toBe(1);
  expect(find('data directory')).toMatchObject({
    status: 'fail',
    remedy: expect.stringContaining('Start the server'),
  });
  expect((await bench.run(['applications', 'list'])).err).toContain('There is no installation');
});

test('a configuration that cannot be read', async () => {
  bench.env.COUNTERSIGN_ODD = '1';
  const { code, find } = await examine();
  expect([code, find('configuration')?.status]).toEqual([1, 'fail']);
});

test('ports: used by the running server, or by somebody else', async () => {
  await install();
  const db = openSqlite(join(bench.env.COUNTERSIGN_DATA_DIR!, 'countersign.db'));
  const installation = installationDigest((await findInstallation(db.read))!);
  await db.close();
  let answer = JSON.stringify({ status: 'ok', installation });
  const http = createServer((_request, response) => response.end(answer));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  bench.env.COUNTERSIGN_HTTP_LISTEN = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  const udp = createSocket('udp4');
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  bench.env.COUNTERSIGN_RADIUS_LISTEN = `127.0.0.1:${udp.address().port}`;

  const ours = await examine();
  expect([ours.code, ours.find('HTTP')?.status, ours.find('RADIUS')?.status]).toEqual([0, 'ok', 'ok']);
  answer = 'welcome to nginx';
  const foreign = await examine();
  expect([foreign.code, foreign.find('HTTP')?.status, foreign.find('RADIUS')?.status]).toEqual([
    1,
    'fail',
    'fail',
  ]);
  expect(foreign.find('RADIUS')?.remedy).toContain('COUNTERSIGN_RADIUS_LISTEN');

  answer = JSON.stringify({ status: 'ok', installation: 'of-somebody-else' });
  const another = await examine();
  expect(another.find('HTTP')).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('another installation'),
    remedy: expect.stringContaining('COUNTERSIGN_DATA_DIR'),
  });
  expect([another.code, another.find('RADIUS')?.status]).toEqual([1, 'fail']);

  bench.env.COUNTERSIGN_DATA_DIR = join(bench.directory, 'not made yet');
  expect((await examine()).find('HTTP')?.status).toBe('unknown');
  http.close();
  udp.close();
});

test.each([
  ['http://mfa.example.com', 'fail'],
  ['http://localhost:8080', 'warn'],
  ['https://mfa.example.com', 'ok'],
])('public URL %s: %s', async (url, status) => {
  bench.env.COUNTERSIGN_PUBLIC_URL = url;
  expect((await examine()).find('public URL')?.status).toBe(status);
});

test('a silent home server and unsigned RADIUS are told with the risk', async () => {
  await install();
  const silent = createSocket('udp4');
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
  const stranger = createSocket('udp4');
  stranger.on('message', (request, { port, address }) =>
    stranger.send(Buffer.from([2, request[1] ?? 0, 0, 20, ...Array<number>(16).fill(0)]), port, address),
  );
  await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.1', resolve));
  const servers = [
    ['silent', silent.address().port],
    ['stranger', stranger.address().port],
    ['gone', await freeUdpPort()],
  ] as const;
  for (const [name, port] of servers) {
    const how = [
      '--timeout-ms',
      '200',
      '--tries',
      '1',
      '--message-authenticator',
      'auto',
      '--shared-secret-stdin',
    ];
    const argv = [
      'home-servers',
      'create',
      '--name',
      name,
      '--address',
      '127.0.0.1',
      '--port',
      String(port),
      ...how,
    ];
    await bench.json(argv, { stdin: 'planted-secret-word' });
  }
  await bench.json([
    'radius-clients',
    'create',
    '--name',
    'gw',
    '--application',
    'VPN',
    '--network',
    '::1',
    '--message-authenticator',
    'off',
  ]);
  const relay = ['--network', '::2', '--home-server', 'silent', '--relay'];
  await bench.json(['radius-clients', 'create', '--name', 'relay', '--application', 'VPN', ...relay]);
  const open = ['--second-factor', 'none', '--unreachable-grace-seconds', '60'];
  await bench.json(['applications', 'create', '--name', 'Open', ...open]);
  const { code, find } = await examine();
  silent.close();
  stranger.close();
  expect(code).toBe(1);
  expect(find('home server “silent”')).toMatchObject({
    status: 'warn',
    remedy: expect.stringContaining('Microsoft NPS'),
  });
  expect(find('home server “stranger”')).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('another shared secret'),
  });
  expect(find('RADIUS client “relay”')).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('no second factor'),
  });
  expect(find('application “Open”')).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('the password alone'),
  });
  expect(find('home server “gone”')).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('cannot be reached'),
  });
  expect(find('RADIUS client “gw”')).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('CVE-2024-3596'),
  });
});

test('a clock behind what was written, and an audit trail without its end', async () => {
  await install();
  const db = openSqlite(join(bench.env.COUNTERSIGN_DATA_DIR!, 'countersign.db'));
  const later = Date.now() + 600_000;
  const event = { chain: 'other', sequence: 1, id: 'evt_x', at: later, event: 'user.created' as const };
  const nobody = { actor_kind: 'console', actor_id: null, application_id: null, subject_id: null };
  await db.write(async (tx) => {
    await tx
      .insertInto('audit_events')
      .values({ ...event, ...nobody, data: '{}', hash: 'h' })
      .execute();
    const end = { chain: 'other', sequence: 1, hash: 'another', mac: 'm' };
    await tx.insertInto('audit_heads').values(end).execute();
  });
  await db.close();
  const { code, find } = await examine();
  expect(code).toBe(1);
  expect(find('clock')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/(?:5\d\d|600) s behind/),
  });
  expect(find('audit')).toMatchObject({ status: 'fail', message: expect.stringContaining('“other”') });
});

test('PostgreSQL out of reach', async () => {
  await install();
  bench.env.DATABASE_URL = 'postgres://u:planted@127.0.0.1:1/x';
  const { out, code } = await bench.run(['doctor']);
  expect(code).toBe(1);
  expect(out).toMatch(/^fail {5}database: /m);
  expect(out).not.toContain('planted');
});

test('a server on this database that listens elsewhere is named, and where', async () => {
  await install();
  const { COUNTERSIGN_DATA_DIR: directory } = bench.env;
  const listens = { http: ['127.0.0.1:18080'], radius: ['127.0.0.1:11812'] };
  const services = (['http', 'radius'] as const).map((code) => ({ code, listens: listens[code] }));
  const db = openSqlite(join(directory!, 'countersign.db'));
  const say = (seen_at: number) =>
    db.write(async (tx) => {
      await tx.deleteFrom('nodes').execute();
      await tx
        .insertInto('nodes')
        .values({
          ...{ instance_id: 'nod_1', name: 'main', version: '1', started_at: 1, seen_at },
          ...{ certificate_ends_at: null, services: JSON.stringify(services) },
        })
        .execute();
    });
  await say(Date.now());
  const { find } = await examine();
  expect(find('HTTP')).toMatchObject({
    status: 'warn',
    message: 'free; the server runs elsewhere: “main” on 127.0.0.1:18080',
    remedy: expect.stringContaining('COUNTERSIGN_HTTP_LISTEN'),
  });
  expect(find('RADIUS')?.message).toContain('“main” on 127.0.0.1:11812');
  await say(1);
  expect((await examine()).find('HTTP')?.message).toBe('free; the server is not running here');
  await db.close();
});
