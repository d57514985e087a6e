// The tree of commands as a person meets it: help, examples, slips of the pen.
import type { Command } from 'commander';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createBench } from './cli.test-support.ts';
import { examplesFor } from './command.ts';
import { createProgram } from './program.ts';
import { renderCliReference } from './reference.ts';

const bench = createBench();
afterAll(() => bench.remove());

const program = createProgram({
  io: {
    out: () => undefined,
    err: () => undefined,
    in: Readable.from([]),
    isTTY: { in: false, out: false },
    columns: 80,
    env: {},
    onSignal: () => () => undefined,
    onHangup: () => () => undefined,
    exitNow: () => undefined,
  },
  clock: systemClock,
  startServer: () => Promise.reject(new Error('not here')),
  exitCode: 0,
  optionOf: (field) => field,
});

const walk = (command: Command, path: readonly string[] = []): [string[], Command][] => [
  [[...path], command],
  ...command.commands.flatMap((child) => walk(child, [...path, child.name()])),
];
const all = walk(program);
/** What runs until a signal prints no result. */
const runsOn = ([name, verb]: readonly string[]): boolean =>
  name === 'serve' || (name === 'radius' && verb === 'run');
const leaves = all.filter(([, command]) => command.commands.length === 0);

test.each(all)('%j has help with an example that names a command that exists', async (path, command) => {
  const { code, out, err } = await bench.run([...path, '--help']);
  expect([code, err]).toEqual([0, '']);
  const examples = examplesFor(command);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    expect(out).toContain(example);
    expect(example.startsWith(['countersign', ...path].join(' '))).toBe(true);
  }
});

// Each example is parsed by the very program: an option that was renamed cannot stay in one.
test.each(leaves.flatMap(([, command]) => examplesFor(command)).map((example) => [example]))(
  '%s is no wrong usage',
  async (example) => {
    if (/ serve| > /.test(example)) return;
    const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => found[1] ?? found[2] ?? '');
    const file = words.indexOf('--out') + 1;
    if (file > 0) words[file] = join(bench.directory, words[file] ?? '');
    const { err } = await bench.run(words.slice(1), {
      tty: true,
      stdin: 'long enough!!!!!!\nlong enough!!!!!!\n',
    });
    expect(err).not.toMatch(
      /[Uu]nknown|missing required|argument missing|too many arguments|is invalid|Name the user/,
    );
  },
);

const root = join(import.meta.dirname, '../../../..');
const guides = ['README.md', ...globSync('docs/guide/*.md', { cwd: root })];
const written = guides.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/npx countersign ([^\n`#|>]+)/g)].map((found) => [
    file,
    found[1] ?? '',
  ]),
);

test('the guides show command lines', () => {
  expect(written.length).toBeGreaterThan(5);
});

// The command is parsed and refused for want of the things it names, at the latest; never as wrong usage.
test.each(written)('%s: countersign %s', async (_file, line) => {
  const empty = createBench();
  const words = line.trim().replaceAll('REQUEST', 'req_01890a5d-ac96-774b-bcce-b302099a8057').split(/\s+/);
  if (runsOn(words)) return;
  const typed = 'long enough!!!!!!\nlong enough!!!!!!\n';
  const { code, err } = await empty.run(words, { tty: true, stdin: typed });
  await empty.remove();
  expect(code === 2 && !err.includes('no file that can be read'), err).toBe(false);
});

test.each(leaves.filter(([path]) => !runsOn(path)).map(([path]) => [path]))('%j takes --json', (path) => {
  const found = all.find(([each]) => each.join(' ') === path.join(' '));
  expect(found?.[1].options.map(({ long }) => long)).toContain('--json');
});

test.each([
  [['aplications'], 'Did you mean applications?'],
  [['users', 'lst'], 'Did you mean list?'],
  [['users', 'list', '--limt', '3'], 'Did you mean --limit?'],
  [['users', 'list', 'extra'], 'Too many arguments'],
  [['applications', 'create'], '--name is missing.'],
  [['applications', 'create', '--request-seconds', 'x', '--name', 'y'], 'whole number'],
  [['users', 'show'], 'Name the user'],
  [['users', 'show', 'alice'], 'must be an id that begins with usr_'],
  [['users', 'show', 'usr_x', '--username', 'alice'], 'not both'],
  [['devices', 'list', '--username', 'alice'], 'one of them is missing'],
  [['activity', 'list', '--username', 'alice'], 'needs --application'],
  [['activity', 'list', '--status', 'odd'], 'pending'],
  [['audit', 'list', '--event', 'odd'], 'application.created'],
  [['applications', 'change', 'VPN'], 'Nothing to change was given.'],
  [['applications', 'delete', 'VPN'], 'give --yes'],
  [['users', 'list', '--limit', '0'], 'from 1 to 100000'],
  [['evidence', 'verify', 'no-such-file'], 'no file that can be read'],
])('%j is wrong usage, in one sentence', async (argv, words) => {
  const { code, out, err } = await bench.run(argv);
  expect(err).toContain(words);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^countersign: [^\n]+\n$/);
});

test('without a command the help is shown, as wrong usage', async () => {
  const { code, err } = await bench.run([]);
  expect(code).toBe(2);
  expect(err).toContain('Usage: countersign');
});

test('the version', async () => {
  const { code, out } = await bench.run(['--version']);
  expect(code).toBe(0);
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('with --json a failure is one document too', async () => {
  const { code, out, err } = await bench.run(['aplications', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'usage' } });
  expect(err).toContain('Did you mean');
});

test('the reference page tells of every command and hides what is hidden', () => {
  const page = renderCliReference();
  for (const [path] of leaves) expect(page).toContain(`${path.join(' ')}\n`);
  expect(page).not.toContain('--password [value]');
});
