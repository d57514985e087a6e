// Proves that the lint rules really fire, the type-aware ones first: a linter that lost its types says nothing at all.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
const tree = mkdtempSync(join(tmpdir(), 'lint-'));
let complaints = '';

const offences: Readonly<Record<string, string>> = {
  'typescript(no-floating-promises)': 'export async function f1() {}\nexport const g1 = () => { f1(); };',
  'typescript(no-misused-promises)':
    'export async function f2() {}\nexport const a2 = () => [1].forEach(f2);',
  'typescript(switch-exhaustiveness-check)':
    "export function f3(x: 'a' | 'b') { switch (x) { case 'a': return 1; } return 2; }",
  'typescript(no-unsafe-assignment)': "export const a4: string = JSON.parse('1');",
  'typescript(no-unsafe-return)': "export function f5(): string { return JSON.parse('1'); }",
  'typescript(only-throw-error)': "export function f6() { throw 'text'; }",
  'typescript(await-thenable)': 'export async function f7() { await 1; }',
  'typescript(no-explicit-any)': 'export const a8 = (x: any) => String(x);',
  'typescript(no-non-null-assertion)': 'export const a9 = (x?: string) => x!;',
  'eslint(eqeqeq)': 'export const a10 = (x: number) => x == 1;',
  'eslint(no-console)': "export const a11 = () => console.log('x');",
  'eslint(no-restricted-globals)': "export const a12 = () => parseInt('1', 10);",
  'eslint(max-depth)':
    'export function f13(x: number) { if (x) { if (x) { if (x) { if (x) { x.toFixed(); } } } } }',
  'eslint(max-lines-per-function)': `export function f14(x: number) {\n${'  x.toFixed();\n'.repeat(70)}}`,
  'eslint(max-lines)': 'export const a15 = [\n1,\n'.padEnd(2000, '1,\n').concat('];'),
};

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), `${text}\n`);
}

beforeAll(() => {
  const compilerOptions = { target: 'es2024', module: 'nodenext', strict: true, types: [], noEmit: true };
  plant('tsconfig.json', JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  Object.values(offences).forEach((text, index) => {
    plant(`packages/a/src/offence-${index}.ts`, text);
  });
  plant('packages/a/src/ring-a.ts', "import { b } from './ring-b.ts';\nexport const a = () => b;");
  plant('packages/a/src/ring-b.ts', "import { a } from './ring-a.ts';\nexport const b = () => a;");
  plant('packages/server/src/core/users/out.ts', "export const out = () => fetch('http://a.example');");
  plant('packages/a/src/tidy.test.ts', 'export const allowed = (x?: string) => x!;');
  const oxlint = join(repository, 'node_modules/.bin/oxlint');
  // Copied, not named by -c: overrides are matched relative to the folder of the configuration.
  cpSync(join(repository, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
  complaints = spawnSync(oxlint, ['--format', 'unix', '.'], { cwd: tree, encoding: 'utf8' }).stdout;
});

afterAll(() => {
  rmSync(tree, { recursive: true });
});

test.each(Object.keys(offences).map((rule, index) => [rule, index] as const))('%s fires', (rule, index) => {
  const lines = complaints.split('\n').filter((line) => line.includes(`offence-${index}.ts`));
  const name = rule.replace(/^.*\((.*)\)$/, '$1');
  expect(lines.join('\n')).toContain(name);
});

test('a ring of imports is seen', () => {
  expect(complaints).toMatch(/ring-[ab]\.ts.*no-cycle/);
});

test('the core may not fetch', () => {
  expect(complaints).toMatch(/core\/users\/out\.ts.*no-restricted-globals/);
});

test('tests may assert that something is there', () => {
  expect(complaints).not.toContain('tidy.test.ts');
});
