// One server at a time, and a killed one leaves nothing behind: shown with another process, since locks belong to processes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeServerLock } from './server-lock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const program = `
  const { takeServerLock } = await import(${JSON.stringify(join(import.meta.dirname, 'server-lock.ts'))});
  const release = takeServerLock(process.argv[1]);
  console.log(release ? 'taken' : 'refused');
  setInterval(() => release, 1000);
`;

/** Another process that takes the lock and keeps it until it is killed. */
async function otherProcess() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, directory]);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    said: said.toString().trim(),
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

test('a second server is refused, and one that was killed is in nobody’s way', async () => {
  const first = await otherProcess();
  expect(first.said).toBe('taken');
  expect(takeServerLock(directory)).toBeUndefined();
  await first.kill();
  const release = takeServerLock(directory);
  expect(release).toBeDefined();
  const second = await otherProcess();
  expect(second.said).toBe('refused');
  await second.kill();
  release?.();
  takeServerLock(directory)?.();
  expect(statSync(join(directory, 'server.lock')).size).toBe(0);
});
