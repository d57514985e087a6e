import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMasterKey, readMasterKey, StartError } from './data-directory.ts';
import { systemRandom } from './random.ts';

function start() {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-key-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return { directory, file: join(directory, 'master.key') };
}

test('a master key is made for its owner only, and read again', () => {
  const { directory, file } = start();
  const key = createMasterKey(file, systemRandom);
  expect(Buffer.from(readMasterKey(file)).equals(key)).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['master.key']);
});

test('a key that is there is never replaced', () => {
  const { directory, file } = start();
  writeFileSync(file, 'precious');
  expect(() => createMasterKey(file, systemRandom)).toThrow(StartError);
  expect(readFileSync(file, 'utf8')).toBe('precious');
  expect(readdirSync(directory)).toEqual(['master.key']);
});

test('when nothing can be written, nothing is left behind', () => {
  const { directory, file } = start();
  const modules = ['data-directory.ts', 'random.ts'].map((name) => join(import.meta.dirname, name));
  const program = `const [{ createMasterKey }, { systemRandom }] = await Promise.all(
    ${JSON.stringify(modules)}.map((file) => import(file)));
    try { createMasterKey(${JSON.stringify(file)}, systemRandom); }
    catch (error) { process.stdout.write(error.constructor.name + ' ' + error.message); }`;
  // A limit of no bytes at all: files can be made, but every write to one fails, as on a full disk.
  const limited = ['-c', 'ulimit -f 0 && exec "$@"', 'sh', process.execPath];
  const said = execFileSync('sh', [...limited, '--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(said).toMatch(/^StartError The master key .* cannot be written: EFBIG/);
  expect(readdirSync(directory)).toEqual([]);
  createMasterKey(file, systemRandom);
});

test('where the directory is missing, that is one sentence', () => {
  const { directory } = start();
  const file = join(directory, 'none', 'master.key');
  expect(() => createMasterKey(file, systemRandom)).toThrow(/^The master key .* cannot be written: ENOENT/);
});
