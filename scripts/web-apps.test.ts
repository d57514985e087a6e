// A web app is built when it must be, and only then; a build that fails leaves the old one alone.
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { buildMissing } from './web-apps.ts';

const repository = join(import.meta.dirname, '..');
const app = 'packages/authenticator';

function plant(): string {
  const tree = mkdtempSync(join(tmpdir(), 'apps-'));
  onTestFinished(() => rmSync(tree, { recursive: true }));
  const isSource = (path: string): boolean => !/\/(?:dist|node_modules)(?:\/|$)/.test(path);
  cpSync(join(repository, app), join(tree, app), { recursive: true, filter: isSource });
  cpSync(join(repository, 'packages/contract'), join(tree, 'packages/contract'), {
    recursive: true,
    filter: isSource,
  });
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
  expect(said).toHaveBeenCalledTimes(1);
  expect(readFileSync(page, 'utf8')).toContain('<div id="app">');
  const { mtimeMs } = statSync(page);

  expect(buildMissing(tree)).toBe(true);
  expect([said.mock.calls.length, statSync(page).mtimeMs]).toEqual([1, mtimeMs]);
  writeFileSync(join(tree, app, 'src/words/words.test.ts'), '// a test is no source');
  expect(buildMissing(tree)).toBe(true);
  expect(said).toHaveBeenCalledTimes(1);

  writeFileSync(join(tree, app, 'src/main.tsx'), 'export const broken = ;');
  expect(buildMissing(tree)).toBe(false);
  expect(statSync(page).mtimeMs).toBe(mtimeMs);

  writeFileSync(join(tree, app, 'src/main.tsx'), 'document.title = "Another";');
  expect(buildMissing(tree)).toBe(true);
  expect(statSync(page).mtimeMs).not.toBe(mtimeMs);
});
