// The database is away for a while, full, or can no longer be written: nobody is let in meanwhile, and nothing is lost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import { afterAll, describe, expect, test } from 'vitest';
import { databases, postgresServer } from '../databases.ts';
import { deployVpn, requestOn, type Vpn } from '../vpn.ts';

const isRoot = process.getuid?.() === 0;
const awayMs = 6000 * testScale();
const [, postgres] = databases;

afterAll(() => postgres?.stop());

interface Readiness {
  readonly status: number;
  readonly database: string | undefined;
}

async function readiness({ installation }: Vpn): Promise<Readiness> {
  const response = await fetch(`${installation.url}/health/ready`);
  const { dependencies } = (await response.json()) as { dependencies: { name: string; status: string }[] };
  return { status: response.status, database: dependencies.find(({ name }) => name === 'database')?.status };
}

const untilWell = (vpn: Vpn) => expect.poll(() => readiness(vpn)).toEqual({ status: 200, database: 'ok' });
const untilIll = (vpn: Vpn) => expect.poll(() => readiness(vpn)).toEqual({ status: 503, database: 'failed' });

/** People who log in before, during and after whatever happens. */
async function deploy(options: Parameters<typeof deployVpn>[0]) {
  const vpn = await deployVpn(options);
  const gateway = await vpn.addGateway();
  const before = await vpn.addUserWithPhone();
  const during = await vpn.addUserWithPhone();
  const login = (who: typeof before, timeoutSeconds = 30) =>
    radclient(gateway, papLogin(who.user.username, who.user.password), { timeoutSeconds });
  return { vpn, before, during, login };
}

describe.skipIf(!postgres?.here)('PostgreSQL goes away', () => {
  test(
    'logins are refused, health says so, and it recovers by itself with what was waiting',
    async () => {
      const server = await postgresServer();
      const { vpn, before, during, login } = await deploy({ databaseUrl: await postgres?.create() });
      const waiting = login(before, awayMs / 1000 + 50);
      const request = await requestOn(before.phone);
      await server.shutDown('SIGINT');
      const gone = performance.now();
      await untilIll(vpn);
      expect((await fetch(`${vpn.installation.url}/health/live`)).status).toBe(200);
      expect((await login(during)).code).not.toBe('Access-Accept');
      await expect(before.phone.answer(request, { decision: 'approve' })).rejects.toThrow();
      await setTimeout(Math.max(0, awayMs - (performance.now() - gone)));
      expect((await login(during)).code).not.toBe('Access-Accept');
      await server.start();
      await untilWell(vpn);
      // The very login that waited through it, if its time is not over by now.
      const answered = await before.phone
        .answer(request, { decision: 'approve' })
        .then(({ status }) => status)
        .catch(() => 'too late');
      const code = (await waiting).code;
      expect(code).toBe(answered === 'approved' ? 'Access-Accept' : 'Access-Reject');
      const after = login(during);
      await during.phone.answer(await requestOn(during.phone), { decision: 'approve' });
      expect((await after).code).toBe('Access-Accept');
      expect(await vpn.installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
      await vpn.stop();
    },
    120_000 + 2 * awayMs,
  );
});

describe.skipIf(!isRoot)('the disk', () => {
  test('full under a running server: refused, told by health, and well again once there is room', async () => {
    const disk = await mountMemory();
    const { vpn, before, during, login } = await deploy({ directory: disk.directory });
    const waiting = login(before);
    const request = await requestOn(before.phone);
    await disk.fill();
    expect((await login(during)).code).toBe('Access-Reject');
    await untilIll(vpn);
    await expect(before.phone.answer(request, { decision: 'approve' })).rejects.toThrow();
    disk.makeRoom();
    await untilWell(vpn);
    expect(await before.phone.answer(request, { decision: 'approve' })).toEqual({ status: 'approved' });
    expect((await waiting).code).toBe('Access-Accept');
    expect(await vpn.installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
    await vpn.stop();
    await disk.unmount();
  });

  test('read-only under a running server: refused, told by health, and nothing lost once it is mounted anew', async () => {
    const disk = await mountFile();
    const { vpn, before, during, login } = await deploy({ directory: disk.directory });
    const first = login(before);
    const request = await requestOn(before.phone);
    await before.phone.answer(request, { decision: 'approve' });
    expect((await first).code).toBe('Access-Accept');
    await disk.breakDown();
    expect((await login(during)).code).not.toBe('Access-Accept');
    await untilIll(vpn);
    expect((await fetch(`${vpn.installation.url}/health/live`)).status).toBe(200);
    await vpn.server().kill();
    await disk.mountAnew();
    vpn.restarted(await vpn.installation.start());
    expect(await vpn.activity(request.content.request_id)).toMatchObject({ status: 'approved' });
    const after = login(during);
    await during.phone.answer(await requestOn(during.phone), { decision: 'approve' });
    expect((await after).code).toBe('Access-Accept');
    expect(await vpn.installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
    await vpn.stop();
    await disk.unmount();
  });
});

async function run(...command: [string, ...string[]]): Promise<void> {
  const { code, stderr } = await runProgram(command);
  if (code !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`);
}

/** A disk of its own, in memory. */
async function mountMemory() {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-disk-'));
  const filler = join(directory, 'filler');
  await run('mount', '-t', 'tmpfs', '-o', 'mode=700,size=64m', 'countersign-test', directory);
  return {
    directory,
    fill: async () => void (await runProgram(['dd', 'if=/dev/zero', `of=${filler}`, 'bs=4096'])),
    makeRoom: () => rmSync(filler),
    async unmount() {
      await run('umount', directory);
      rmSync(directory, { recursive: true });
    },
  };
}

/** A disk of its own, in a file, with the file system that most machines have. */
async function mountFile() {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-disk-'));
  const [image, directory] = [join(folder, 'image'), join(folder, 'disk')];
  await run('truncate', '-s', '64M', image);
  await run('mkfs.ext4', '-q', '-E', `root_owner=${process.getuid?.()}:${process.getgid?.()}`, image);
  await run('mkdir', '-m', '700', directory);
  const mount = () => run('mount', '-o', 'loop', image, directory);
  await mount();
  return {
    directory,
    /** As the kernel does after a disk error: at once, and whoever has files open is not asked. */
    breakDown: () => run('mount', '-o', 'remount,abort', directory),
    async mountAnew() {
      await run('umount', directory);
      await mount();
    },
    async unmount() {
      await run('umount', directory);
      rmSync(folder, { recursive: true });
    },
  };
}
