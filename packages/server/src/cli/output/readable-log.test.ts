import { expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { readableLog } from './readable-log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(
    createLog(
      'info',
      readableLog((part) => (text += part)),
    ),
  );
  return text;
}

test('time, level and message first, then the details', () => {
  const text = logged((log) => log.info({ client: 'gw', source: { port: 7 } }, 'RADIUS login'));
  expect(text).toMatch(/^\d\d:\d\d:\d\d INFO {2}RADIUS login {2}client=gw source=\{"port":7\}\n$/);
});

test('an error shows where it came from', () => {
  const text = logged((log) => log.error({ err: new Error('torn') }, 'a defect'));
  expect(text).toMatch(/ERROR a defect\n {9}Error: torn\n {9}at /);
});

test('what strangers sent cannot move the cursor, and secrets stay cut out', () => {
  const text = logged((log) => log.warn({ path: '/\u001b[2J\u202e', password: 'hunter2-hunter2' }, 'odd'));
  expect(text).toContain('path=/\ufffd[2J\ufffd password=[redacted]');
});

test('a line that is no JSON comes through', () => {
  let text = '';
  readableLog((part) => (text += part)).write('plain\n');
  expect(text).toBe('plain\n');
});
