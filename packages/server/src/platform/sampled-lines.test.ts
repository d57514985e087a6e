import { afterEach, expect, test } from 'vitest';
import { createLog } from './log.ts';
import {
  createSampledLines,
  type LineKind,
  type SampledLines,
  usualLines,
  windowMs,
} from './sampled-lines.ts';

const stranger: LineKind = { name: 'stranger', level: 'warn', words: 'a stranger knocked' };
let open: SampledLines[] = [];
afterEach(() => {
  for (const each of open) each.stop();
  open = [];
});

function start() {
  let time = 5000;
  const lines: Record<string, unknown>[] = [];
  const left: string[] = [];
  const log = createLog('info', { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  const clock = { now: () => time, monotonic: () => time };
  const sampled = createSampledLines({ log, clock }, (kind) => left.push(kind));
  open.push(sampled);
  const write = (kind: LineKind, subject: string) =>
    sampled.write(kind, subject, () => ({ source: subject }));
  return { sampled, write, lines, left, turn: (ms: number) => (time += ms) };
}

test('one subject has a few lines a minute, then a summary, then lines again', () => {
  const { write, lines, left, turn } = start();
  for (let i = 0; i < 1239; i += 1) write(stranger, '192.0.2.1');
  expect(lines).toHaveLength(usualLines.perSubject);
  expect(lines[0]).toMatchObject({ level: 'warn', source: '192.0.2.1', msg: 'a stranger knocked' });
  expect(left).toHaveLength(1234);
  turn(windowMs);
  write(stranger, '192.0.2.1');
  expect(lines.slice(usualLines.perSubject)).toMatchObject([
    {
      kind: 'stranger',
      left_out: 1234,
      msg: '1,234 more like this in the last minute: a stranger knocked',
    },
    { msg: 'a stranger knocked' },
  ]);
});

test('a million forged subjects are a bounded number of lines, and other kinds have their own', () => {
  const { write, lines, sampled } = start();
  for (let i = 0; i < 1_000_000; i += 1) write(stranger, `address ${i}`);
  expect(lines).toHaveLength(usualLines.inAll);
  write({ ...stranger, name: 'other' }, 'address 1');
  expect(lines).toHaveLength(usualLines.inAll + 1);
  sampled.stop();
  expect(lines.at(-1)).toMatchObject({ left_out: 999_950 });
});

test('what was not left out has no summary', () => {
  const { write, lines, sampled } = start();
  write(stranger, 'a');
  sampled.stop();
  expect(lines).toHaveLength(1);
});

test('fields are made only for lines that are written', () => {
  const { sampled } = start();
  let made = 0;
  for (let i = 0; i < 100; i += 1)
    sampled.write({ ...stranger, perSubject: 2 }, 'a', () => {
      made += 1;
      return {};
    });
  expect(made).toBe(2);
});

test('kinds are bounded, too', () => {
  const { write, lines } = start();
  for (let i = 0; i < 10_000; i += 1) write({ ...stranger, name: `kind ${i}` }, 'a');
  expect(lines).toHaveLength(500);
});
