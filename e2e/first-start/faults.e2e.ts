// Everything that must keep the server from starting: one sentence, a non-zero exit, nothing damaged, and then a good start.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import {
  type CommandResult,
  newInstallation,
  type ServerInstallation,
} from '@countersign/testkit/peers/server-process.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployVpn, requestOn } from '../vpn.ts';

const isRoot = process.getuid?.() === 0;

/** @returns what it said, when it was one sentence (with perhaps a remedy after it) and no trace of a defect */
function oneSentence({ code, stderr }: CommandResult): string {
  expect(code).toBeTypeOf('number');
  expect(code).not.toBe(0);
  const said = stderr.trim();
  expect(said.split('\n')).toHaveLength(1);
  expect(said).not.toMatch(/\bat .+:\d+:\d+|should not|undefined/);
  expect(said).toMatch(/[.!?)”`]$|chmod \d+ \S+$/);
  return said;
}

describe('a start that cannot be', () => {
  let installation: ServerInstallation;
  let file: (name: string) => string;
  beforeAll(async () => {
    installation = await newInstallation();
    file = (name) => join(installation.dataDirectory, name);
    await (await installation.start()).terminate();
  });
  /** Whatever went wrong, afterwards everything is as before. */
  afterEach(async () => {
    const server = await installation.start();
    expect(await server.terminate()).toBe(0);
    expect(await installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
  });
  afterAll(() => installation?.remove());

  test('when others may look into the data directory', async () => {
    chmodSync(installation.dataDirectory, 0o755);
    const said = oneSentence(await installation.tryToStart());
    expect(said).toContain(`chmod 0700 ${installation.dataDirectory}`);
    chmodSync(installation.dataDirectory, 0o700);
  });

  test('when others may read the key', async () => {
    chmodSync(file('master.key'), 0o640);
    expect(oneSentence(await installation.tryToStart())).toContain(`chmod 0600 ${file('master.key')}`);
    chmodSync(file('master.key'), 0o600);
  });

  test('when the key is missing; no other one is made', async () => {
    renameSync(file('master.key'), file('elsewhere'));
    expect(oneSentence(await installation.tryToStart())).toContain('is missing');
    expect(existsSync(file('master.key'))).toBe(false);
    renameSync(file('elsewhere'), file('master.key'));
  });

  test('when the key is another installation’s', async () => {
    copyFileSync(file('master.key'), file('kept'));
    writeFileSync(file('master.key'), `${randomBytes(32).toString('base64url')}\n`);
    expect(oneSentence(await installation.tryToStart())).toContain('not the one this database was made with');
    renameSync(file('kept'), file('master.key'));
  });

  test('when the key file holds something else', async () => {
    copyFileSync(file('master.key'), file('kept'));
    writeFileSync(file('master.key'), 'not a key\n');
    expect(oneSentence(await installation.tryToStart())).toContain('no master key');
    renameSync(file('kept'), file('master.key'));
  });

  test.skipIf(!isRoot)('when the key cannot be read', async () => {
    renameSync(file('master.key'), file('kept'));
    mkdirSync(file('master.key'), { mode: 0o700 });
    expect(oneSentence(await installation.tryToStart())).toContain(file('master.key'));
    rmSync(file('master.key'), { recursive: true });
    renameSync(file('kept'), file('master.key'));
  });

  test('when another program has the HTTP port', async () => {
    const occupant = createServer();
    await once(occupant.listen(installation.httpPort, '127.0.0.1'), 'listening');
    const said = oneSentence(await installation.tryToStart());
    expect(said).toContain(String(installation.httpPort));
    expect(said).toMatch(/another program/);
    await new Promise((resolve) => occupant.close(resolve));
  });

  test('when another program has the RADIUS port', async () => {
    const occupant = createSocket('udp4');
    await new Promise<void>((resolve) => occupant.bind(installation.radiusPort, '127.0.0.1', resolve));
    const said = oneSentence(await installation.tryToStart());
    expect(said).toContain(`127.0.0.1:${installation.radiusPort}`);
    await new Promise<void>((resolve) => occupant.close(resolve));
  });

  test('when a variable is misspelt', async () => {
    const said = oneSentence(await installation.tryToStart({ COUNTERSIGN_HTTP_LISTN: '127.0.0.1:1' }));
    expect(said).toContain('COUNTERSIGN_HTTP_LISTN');
  });

  test('when the database was written by a newer version', async () => {
    const statement = "insert into schema_migrations (number, name) values (9999, 'from-the-future')";
    const database = new DatabaseSync(file('countersign.db'));
    database.exec(statement);
    const before = readFileSync(file('master.key'));
    expect(oneSentence(await installation.tryToStart())).toContain('9999');
    expect(readFileSync(file('master.key'))).toEqual(before);
    database.exec('delete from schema_migrations where number = 9999');
    database.close();
  });
});

describe('a database that cannot be had', () => {
  test('when nothing listens where DATABASE_URL points', async () => {
    const databaseUrl = `postgres://somebody:planted-password@127.0.0.1:${await freePort()}/countersign`;
    const installation = await newInstallation({ databaseUrl });
    const said = oneSentence(await installation.tryToStart());
    expect(said).toMatch(/database/i);
    expect(said).not.toContain('planted-password');
    installation.remove();
  });

  const [, postgres] = databases;
  test.skipIf(!postgres?.here)(
    'when PostgreSQL does not take the password, or knows no such database',
    async () => {
      const url = new URL((await postgres?.create()) ?? '');
      const wrongPassword = new URL(url);
      wrongPassword.password = 'planted-password';
      const noDatabase = new URL('/nowhere', url);
      for (const { href } of [wrongPassword, noDatabase]) {
        const installation = await newInstallation({ databaseUrl: href });
        const said = oneSentence(await installation.tryToStart());
        expect(said).toMatch(/DATABASE_URL|PostgreSQL/);
        expect(said).not.toContain('planted-password');
        installation.remove();
      }
      await postgres?.stop();
    },
  );
});

describe('a disk without room', () => {
  test('keeps a first start from half succeeding; with room it starts', async () => {
    const installation = await newInstallation();
    // No file may grow beyond this: what writing to a full disk looks like to whoever is not root.
    const said = await installation.tryToStart({}, ['prlimit', '--fsize=20000']);
    oneSentence(said);
    const server = await installation.start();
    expect(await server.terminate()).toBe(0);
    expect(await installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
    installation.remove();
  });

  test.skipIf(!isRoot)('really full, at the first start', async () => {
    const disk = await mountDisk('size=48k');
    const installation = await newInstallation({ directory: disk.directory });
    const said = oneSentence(await installation.tryToStart());
    expect(said).toContain('free disk space');
    await disk.remount('size=64m');
    const server = await installation.start();
    expect(server.output()).toMatch(/\/console\/#\/setup\/csu_/);
    expect(await server.terminate()).toBe(0);
    await disk.unmount();
  });

  test.skipIf(!isRoot)(
    'really full, under a running server: logins are refused, nothing is lost',
    async () => {
      const disk = await mountDisk('size=64m');
      const vpn = await deployVpn({ directory: disk.directory });
      const gateway = await vpn.addGateway();
      const { user, phone } = await vpn.addUserWithPhone();
      const login = () => radclient(gateway, papLogin(user.username, user.password));
      await disk.fill();
      expect((await login()).code).toBe('Access-Reject');
      expect((await fetch(`${vpn.installation.url}/health/live`)).status).toBe(200);
      disk.makeRoom();
      const second = login();
      await phone.answer(await requestOn(phone), { decision: 'approve' });
      expect((await second).code).toBe('Access-Accept');
      expect(await vpn.installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
      await vpn.server().terminate();
      await disk.unmount();
    },
  );

  test.skipIf(!isRoot)('mounted read-only', async () => {
    const disk = await mountDisk('size=64m');
    const installation = await newInstallation({ directory: disk.directory });
    await (await installation.start()).terminate();
    await disk.remount('ro');
    oneSentence(await installation.tryToStart());
    await disk.remount('rw');
    expect(await (await installation.start()).terminate()).toBe(0);
    await disk.unmount();
  });
});

/** A disk of its own, in memory. Needs root. */
async function mountDisk(options: string) {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-disk-'));
  const filler = join(directory, 'filler');
  const run = async (...command: [string, ...string[]]) => {
    const { code, stderr } = await runProgram(command);
    if (code !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`);
  };
  await run('mount', '-t', 'tmpfs', '-o', `mode=700,${options}`, 'countersign-test', directory);
  return {
    directory,
    remount: (changed: string) => run('mount', '-o', `remount,${changed}`, directory),
    /** Ends when nothing more can be written. */
    fill: async () => void (await runProgram(['dd', 'if=/dev/zero', `of=${filler}`, 'bs=4096'])),
    makeRoom: () => rmSync(filler),
    async unmount() {
      await run('umount', directory);
      rmSync(directory, { recursive: true });
    },
  };
}
