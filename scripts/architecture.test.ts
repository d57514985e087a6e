// A map that names places which are not there misleads: every path in backticks in README and ARCHITECTURE must exist.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coreLevels } from './arrows/rooms.ts';

const repository = join(import.meta.dirname, '..');

/** Backticked words that look like a path of this repository: a slash or a known ending, no space, no package name. */
function namedPaths(markdown: string): readonly string[] {
  const withoutBlocks = markdown.replace(/^```[^]*?^```$/gm, '');
  const quoted = [...withoutBlocks.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return quoted.filter(
    (text) => /^[\w.][\w.*/-]*$/.test(text) && /\/|\.(?:md|ts|json|sh|toml|yaml)$/.test(text),
  );
}

function missingPaths(markdown: string): readonly string[] {
  return namedPaths(markdown).filter((path) => globSync(path, { cwd: repository }).length === 0);
}

describe.each(['README.md', 'ARCHITECTURE.md'])('%s', (document) => {
  const markdown = readFileSync(join(repository, document), 'utf8');

  test('names paths, and all of them exist', () => {
    expect(namedPaths(markdown).length).toBeGreaterThan(3);
    expect(missingPaths(markdown)).toEqual([]);
  });

  test('links to files that exist', () => {
    const links = [...markdown.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => globSync(link, { cwd: repository }).length === 0)).toEqual([]);
  });
});

test('ARCHITECTURE.md shows the levels of the core as the check has them', () => {
  const markdown = readFileSync(join(repository, 'ARCHITECTURE.md'), 'utf8');
  for (const [level, features] of Map.groupBy(Object.keys(coreLevels), (feature) => coreLevels[feature])) {
    expect(markdown).toContain(`| ${level} | ${features.join(', ')} |`);
  }
});

test('decision records are numbered without gaps and say where they stand', () => {
  const records = globSync('docs/adr/[0-9]*.md', { cwd: repository }).sort();
  records.forEach((record, index) => {
    const number = String(index).padStart(4, '0');
    expect(record.startsWith(`docs/adr/${number}-`), record).toBe(true);
    if (index > 0)
      expect(readFileSync(join(repository, record), 'utf8')).toMatch(/^# \d{4}\. .+\n\nStatus: /);
  });
});

test('a path that is not there is found', () => {
  const markdown =
    'See `packages/radius` and `packages/nowhere/a.ts`, `NOTHING.md`, run `npm test`, `@scope/name`.';
  expect(missingPaths(markdown)).toEqual(['packages/nowhere/a.ts', 'NOTHING.md']);
});
