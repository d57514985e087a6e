// Proves what `npm test` and `npm run e2e` promise, in throw-away copies: right counts, right exit code, no silent pass.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { countsFileVariable } from './closing-line-reporter.ts';

const repository = join(import.meta.dirname, '..');
const trees: string[] = [];

// Each test starts vitest several times, on machines that are busy with other suites.
vi.setConfig({ testTimeout: 300_000 });

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

function write(tree: string, path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

/** The scripts without their own tests, and the given test files. */
function plant(files: Readonly<Record<string, string>>): string {
  const tree = mkdtempSync(join(tmpdir(), 'runs-'));
  trees.push(tree);
  const withoutTests = (path: string): boolean => !path.endsWith('.test.ts');
  cpSync(join(repository, 'scripts'), join(tree, 'scripts'), { recursive: true, filter: withoutTests });
  for (const file of ['vitest.config.ts', 'e2e/vitest.config.ts']) {
    write(tree, file, readFileSync(join(repository, file), 'utf8'));
  }
  write(tree, 'package.json', '{ "type": "module" }');
  // The database server that the real configuration starts for every run is not what is tested here.
  write(tree, 'packages/testkit/src/peers/vitest-postgres.ts', 'export function setup(): void {}');
  symlinkSync(join(repository, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, text] of Object.entries(files)) write(tree, path, text);
  return tree;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly stdout: string;
  readonly lastLine: string | undefined;
}

function run(tree: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
  // The runs inside must not see that they run inside one.
  const outer = new Set(['CI', 'NODE_OPTIONS', countsFileVariable]);
  const inherited = Object.entries(process.env).filter(
    ([name]) => !outer.has(name) && !name.startsWith('VITEST'),
  );
  const quiet = { ...Object.fromEntries(inherited), COUNTERSIGN_INSTALL_PEERS: 'no', NO_COLOR: '1', ...env };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: tree,
    env: quiet,
    encoding: 'utf8',
  });
  const lastLine = stdout.trimEnd().split('\n').at(-1);
  return { code: status, output: `${stdout}${stderr}`, stdout, lastLine };
}

function makePeerMissing(tree: string, command: string): void {
  const text = readFileSync(join(tree, 'scripts/peers.ts'), 'utf8');
  const changed = text.replace(`commands: ['${command}']`, "commands: ['command-that-nobody-has']");
  expect(changed).not.toBe(text);
  write(tree, 'scripts/peers.ts', changed);
}

const head = "import { test, expect } from 'vitest';\n";
const pass = `${head}test('p', () => {});\n`;
const fail = `${head}test('f', () => { expect(1).toBe(2); });\n`;
const mixed = `${head}test('p', () => {});\ntest.skip('s', () => {});\ntest.todo('t');\n`;

test('both runs are summed in one last line, and all green is exit code 0', () => {
  const tree = plant({
    'packages/a/src/a.test.ts': pass,
    'packages/a/src/b.test.ts': mixed,
    'e2e/one/x.e2e.ts': pass,
    'e2e/two/deep/y.e2e.ts': pass,
  });
  expect(run(tree, ['scripts/test.ts'])).toMatchObject({
    code: 0,
    lastLine: '4 passed, 0 failed, 2 skipped',
  });
});

test('one failing test in either run is exit code 1, and the other run still happens', () => {
  const units = plant({
    'packages/a/src/a.test.ts': pass + fail.replace(head, ''),
    'e2e/one/x.e2e.ts': pass,
  });
  expect(run(units, ['scripts/test.ts'])).toMatchObject({ code: 1, lastLine: '2 passed, 1 failed' });
  const scenarios = plant({ 'packages/a/src/a.test.ts': pass, 'e2e/one/x.e2e.ts': fail });
  expect(run(scenarios, ['scripts/test.ts'])).toMatchObject({ code: 1, lastLine: '1 passed, 1 failed' });
});

test('no scenarios yet is fine', () => {
  const tree = plant({ 'packages/a/src/a.test.ts': pass });
  expect(run(tree, ['scripts/test.ts'])).toMatchObject({ code: 0, lastLine: '1 passed, 0 failed' });
  expect(run(tree, ['scripts/e2e.ts'])).toMatchObject({ code: 0, lastLine: 'There are no scenarios yet.' });
});

test('silence is a failure: no test at all, an empty file, a broken import, a rejection nobody awaits', () => {
  expect(run(plant({}), ['scripts/test.ts']).code).toBe(1);
  const broken = [
    'export const nothing = 1;',
    "import './not-there.ts';",
    `${pass}void Promise.reject(new Error('lost'));`,
  ];
  for (const text of broken) {
    const tree = plant({ 'packages/a/src/a.test.ts': pass, 'packages/a/src/broken.test.ts': text });
    const { code, lastLine } = run(tree, ['scripts/test.ts']);
    expect([code, lastLine]).toEqual([1, expect.stringMatching(/^[12] passed, 1 failed$/)]);
  }
});

test('a configuration that leaves a suite out, or does not load, is a failure', () => {
  const tree = plant({ 'packages/a/src/a.test.ts': pass, 'e2e/one/x.e2e.ts': pass });
  write(tree, 'e2e/vitest.config.ts', "export default { test: { include: ['nowhere/*.ts'] } };");
  expect(run(tree, ['scripts/test.ts'])).toMatchObject({ code: 1, lastLine: '1 passed, 1 failed' });
  write(tree, 'e2e/vitest.config.ts', 'throw new Error();');
  expect(run(tree, ['scripts/test.ts'])).toMatchObject({ code: 1, lastLine: '1 passed, 1 failed' });
});

test('one scenario runs alone; an unknown name is refused with the list', () => {
  const tree = plant({ 'e2e/one/x.e2e.ts': pass, 'e2e/one-more/x.e2e.ts': fail });
  expect(run(tree, ['scripts/e2e.ts', 'one'])).toMatchObject({ code: 0, lastLine: '1 passed, 0 failed' });
  expect(run(tree, ['scripts/e2e.ts', 'one-more'])).toMatchObject({
    code: 1,
    lastLine: '0 passed, 1 failed',
  });
  const unknown = run(tree, ['scripts/e2e.ts', 'three']);
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.output).toContain('There is no scenario named three.');
  expect(unknown.output).toContain('npm run e2e -- one-more');
});

test('a missing peer is a named skip, and a failure in continuous integration', () => {
  const suite = `${head}test.skipIf(process.env.COUNTERSIGN_MISSING_PEERS.includes('radclient'))('r', () => {});\n`;
  const tree = plant({
    'packages/a/src/a.test.ts': pass + suite.replace(head, ''),
    'e2e/radius-push/x.e2e.ts': fail,
    'e2e/other/x.e2e.ts': pass,
  });
  makePeerMissing(tree, 'radclient');
  const lenient = run(tree, ['scripts/test.ts']);
  expect(lenient.output).toMatch(
    /^skipped: .*e2e radius-push.* because radclient is not here .*freeradius-utils$/m,
  );
  expect(lenient.lastLine).toMatch(/^2 passed, 0 failed, 2 skipped$/);
  expect(lenient.code).toBe(0);
  expect(run(tree, ['scripts/test.ts'], { CI: 'true' }).code).toBe(1);
  expect(run(tree, ['scripts/e2e.ts', 'radius-push'], { CI: 'true' }).lastLine).toMatch(
    /^0 passed, 1 failed/,
  );
});

/** What is printed after everything else: from the first failure told again to the closing line. */
function endOf({ stdout }: Ended): string {
  const start = stdout.lastIndexOf('\n\nfailed: ');
  return start < 0 ? '' : stdout.slice(start).trim();
}

test('what failed is told again right before the last line: tests of both runs, hooks, imports, errors nobody caught', () => {
  const wordy =
    "throw new Error(Array.from({ length: 50 }, (_, i) => `line ${i} ${'x'.repeat(500)}`).join('\\n'));";
  const tree = plant({
    'packages/a/src/a.test.ts': `${head}import { describe } from 'vitest';
      describe('outer', () => { test('inner', () => { expect(1).toBe(2); }); });
      test('wordy', () => { ${wordy} });\n`,
    'packages/a/src/hook.test.ts': `${head}import { beforeAll, describe } from 'vitest';
      describe('suite', () => { beforeAll(() => { throw new Error('no ground'); }); test('p', () => {}); });\n`,
    'packages/a/src/import.test.ts': "import './not-there.ts';",
    'packages/a/src/lost.test.ts': `${pass}void Promise.reject(new Error('nobody awaits'));`,
    'e2e/one/x.e2e.ts': fail,
  });
  const ended = run(tree, ['scripts/test.ts']);
  const end = endOf(ended);
  const titles = end.split('\n').filter((line) => line.startsWith('failed: '));
  expect(titles).toEqual([
    'failed: packages/a/src/a.test.ts > outer > inner',
    'failed: packages/a/src/a.test.ts > wordy',
    'failed: packages/a/src/hook.test.ts > suite > (a hook)',
    'failed: packages/a/src/import.test.ts > (outside its tests: an import or a hook)',
    'failed: an error that no test caught',
    'failed: e2e/one/x.e2e.ts > f',
  ]);
  for (const text of ['expected 1 to be 2', 'no ground', 'not-there.ts', 'nobody awaits', 'a.test.ts:3:'])
    expect(end).toContain(text);
  expect(end).toMatch(/^ {4}Error: line 0 x{200,239}…\n {4}line 1 /m);
  expect(end).not.toContain('line 12');
  expect(Math.max(...end.split('\n').map((line) => line.length))).toBeLessThan(300);
  expect(ended).toMatchObject({ code: 1, lastLine: '1 passed, 6 failed, 1 skipped' });
  expect(end.split('\n').at(-1)).toBe(ended.lastLine);
});

test('one scenario that fails is told again, too; what passes tells nothing', () => {
  const tree = plant({ 'e2e/one/x.e2e.ts': fail, 'e2e/two/x.e2e.ts': pass });
  expect(endOf(run(tree, ['scripts/e2e.ts', 'one', 'two']))).toMatch(
    /^failed: e2e\/one\/x\.e2e\.ts > f\n {4}AssertionError: expected 1 to be 2[^]*\n\n1 passed, 1 failed$/,
  );
  expect(run(tree, ['scripts/e2e.ts', 'two']).output).not.toContain('failed: ');
});

test('plain vitest prints the line as well', () => {
  const tree = plant({ 'packages/a/src/a.test.ts': mixed });
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  expect(run(tree, [vitest, 'run'])).toMatchObject({ code: 0, lastLine: '1 passed, 0 failed, 2 skipped' });
});
