// Secrets come in by standard input, terminal or environment, and leave no trace in what is printed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBench } from '../cli.test-support.ts';

const bench = createBench();
beforeAll(async () => {
  await bench.run(['migrate']);
  await bench.run(['applications', 'create', '--name', 'VPN']);
});
afterAll(() => bench.remove());

const planted = 'planted-hunter2-word';
let number = 0;
const create = () => ['users', 'create', '--application', 'VPN', '--username', `u${++number}`];

test.each([
  ['twice at the terminal', ['--password-prompt'], { tty: true, stdin: `${planted}\r${planted}\r` }],
  [
    'with a slip of the finger',
    ['--password-prompt'],
    { tty: true, stdin: `${planted}X\u007f\n${planted}\n` },
  ],
  ['on standard input', ['--password-stdin'], { stdin: `${planted}\r\n` }],
  ['in the environment', ['--password-env', 'MY_WORD'], { env: { MY_WORD: planted } }],
])('a password given %s', async (_how, argv, options) => {
  const { code, out, err } = await bench.run([...create(), ...argv], options);
  expect(code, err).toBe(0);
  expect(out).toMatch(/has password +yes/);
  expect(out + err).not.toContain('planted');
});

test.each([
  [['--password', planted], {}, 2, 'use --password-stdin'],
  [[`--password=${planted}`], {}, 2, 'use --password-stdin'],
  [['--shared-secret', planted], {}, 2, 'Unknown option'],
  [[`--pasword=${planted}`], {}, 2, 'Unknown option'],
  [[planted], {}, 2, 'Too many arguments'],
  [['--password-prompt'], { stdin: planted }, 2, 'needs a terminal'],
  [['--password-prompt'], { tty: true, stdin: `${planted}\nother-word\n` }, 2, 'were not the same'],
  [['--password-prompt'], { tty: true, stdin: `${planted}\u0003` }, 1, 'Broken off'],
  [['--password-prompt'], { tty: true, stdin: `${planted}\n` }, 1, 'ended'],
  [['--password-stdin'], { stdin: '' }, 2, 'gave an empty text'],
  [['--password-stdin'], { stdin: `${planted}${'x'.repeat(5000)}` }, 2, 'more than 4096 bytes'],
  [['--password-stdin'], { stdin: 'planted' }, 2, '--password must have at least 8 characters'],
  [['--password-stdin', '--password-env', 'X'], { stdin: planted }, 2, 'Give only one of'],
  [['--password-stdin', '--email', 'nope'], { stdin: planted }, 2, '--email must be an e-mail address.'],
])('%j is refused without repeating the secret', async (argv, options, code, words) => {
  const ran = await bench.run([...create(), ...argv], options);
  expect(ran.err).toContain(words);
  expect(ran.code).toBe(code);
  expect(ran.out + ran.err).not.toContain('planted');
});
