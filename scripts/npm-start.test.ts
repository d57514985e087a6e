// `npm start` stays in the way of nothing: a signal to npm reaches the server, and the server's exit code is npm's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
let tree: string;

/** The script of the real package.json, and stand-ins for what it starts. */
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'npm-start-'));
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const files = {
    'package.json': JSON.stringify({ name: 'copy', type: 'module', scripts: { start: scripts.start } }),
    'scripts/install-missing.sh': ':',
    'scripts/build-missing.ts': '',
    'packages/server/src/main.ts': `
      process.on('SIGTERM', () => setTimeout(() => process.exit(Number(process.env.CODE)), 100));
      setTimeout(() => process.exit(9), 20_000);
      console.log('server', process.argv[2], process.pid);`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
});
afterEach(() => rmSync(tree, { recursive: true }));

test.each([0, 3])('SIGTERM to npm ends the server, and its exit code %i is told', async (code) => {
  const npm = spawn('npm', ['start'], {
    cwd: tree,
    env: { ...process.env, CODE: String(code) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(npm, 'close');
  let said = '';
  for await (const chunk of npm.stdout) {
    said += String(chunk);
    if (said.includes('server serve') && !npm.killed) npm.kill('SIGTERM');
  }
  expect(await ended).toEqual([code, null]);
  const server = Number(/server serve (\d+)/.exec(said)?.[1]);
  expect(() => process.kill(server, 0)).toThrow('ESRCH');
});
