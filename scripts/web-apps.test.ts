// A web app is built when it must be, and only then; a build that fails leaves the old one alone.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { buildMissing, putInPlace } from './web-apps.ts';

const repository = join(import.meta.dirname, '..');
const app = 'packages/authenticator';
const apps = 2;

function plant(): string {
  const tree = mkdtempSync(join(tmpdir(), 'apps-'));
  onTestFinished(() => rmSync(tree, { recursive: true }));
  const isSource = (path: string): boolean => !/\/(?:dist|node_modules)(?:\/|$)/.test(path);
  for (const name of ['authenticator', 'console', 'ui', 'contract']) {
    const folder = join('packages', name);
    cpSync(join(repository, folder), join(tree, folder), { recursive: true, filter: isSource });
  }
  for (const file of ['tsconfig.json', 'package-lock.json']) cpSync(join(repository, file), join(tree, file));
  symlinkSync(join(repository, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

test('built once, again when a source changed, and not at all when it cannot be', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => said.mockRestore());
  const tree = plant();
  const page = join(tree, app, 'dist/index.html');
  expect(buildMissing(tree)).toBe(true);
  expect(said).toHaveBeenCalledTimes(apps);
  expect(readFileSync(page, 'utf8')).toContain('<div id="app">');
  const { mtimeMs } = statSync(page);

  expect(buildMissing(tree)).toBe(true);
  expect([said.mock.calls.length, statSync(page).mtimeMs]).toEqual([apps, mtimeMs]);
  writeFileSync(join(tree, app, 'src/words/words.test.ts'), '// a test is no source');
  expect(buildMissing(tree)).toBe(true);
  expect(said).toHaveBeenCalledTimes(apps);

  writeFileSync(join(tree, app, 'src/main.tsx'), 'export const broken = ;');
  expect(buildMissing(tree)).toBe(false);
  expect(statSync(page).mtimeMs).toBe(mtimeMs);

  writeFileSync(join(tree, app, 'src/main.tsx'), 'document.title = "Another";');
  expect(buildMissing(tree)).toBe(true);
  expect(statSync(page).mtimeMs).not.toBe(mtimeMs);
});

test('two starts at once do not get into each other’s way, and leave one build and nothing else', async () => {
  const tree = mkdtempSync(join(tmpdir(), 'apps-'));
  onTestFinished(() => rmSync(tree, { recursive: true }));
  const place = join(tree, 'dist');
  const program = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    const { workerData: { script, made, place } } = require('node:worker_threads');
    import(script).then(({ putInPlace }) => {
      for (let i = 0; i < 200; i += 1) {
        mkdirSync(made);
        writeFileSync(made + '/index.html', 'whole');
        putInPlace(made, place);
      }
    });`;
  const script = join(import.meta.dirname, 'web-apps.ts');
  const starts = ['a', 'b'].map(
    (name) => new Worker(program, { eval: true, workerData: { script, made: join(tree, name), place } }),
  );
  await Promise.all(
    starts.map(
      (start) =>
        new Promise((ended, failed) => {
          start.once('exit', ended).once('error', failed);
        }),
    ),
  );
  expect(readdirSync(tree)).toEqual(['dist']);
  expect(readFileSync(join(place, 'index.html'), 'utf8')).toBe('whole');
  mkdirSync(join(tree, 'c'));
  putInPlace(join(tree, 'c'), place);
  expect(readdirSync(place)).toEqual([]);
});
