import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartError } from './data-directory.ts';
import { createSplitLog } from './log-files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-log-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const never = (message: string) => {
  throw new Error(message);
};
const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { msg: string }).msg);

test('each line stands in one of the two, by its level, and files that were moved away are left', () => {
  const places = { log: join(directory, 'info.log'), errorLog: join(directory, 'error.log') };
  const { log, reopen } = createSplitLog('info', places, never);
  log.debug('nothing');
  log.info('one');
  log.warn('two');
  log.error({ password: 'planted' }, 'three');
  expect(lines(places.log)).toEqual(['one']);
  expect(lines(places.errorLog)).toEqual(['two', 'three']);
  expect(readFileSync(places.errorLog, 'utf8')).not.toContain('planted');
  renameSync(places.log, `${places.log}.1`);
  log.info('still the old one');
  reopen();
  log.info('four');
  expect(lines(`${places.log}.1`)).toEqual(['one', 'still the old one']);
  expect(lines(places.log)).toEqual(['four']);
});

test('the level holds for both, and a second start goes on at the end', () => {
  const places = { log: join(directory, 'info.log'), errorLog: join(directory, 'error.log') };
  createSplitLog('info', places, never).log.info('before');
  const { log } = createSplitLog('error', places, never);
  log.info('nothing');
  log.warn('nothing');
  log.error('after');
  expect([lines(places.log), lines(places.errorLog)]).toEqual([['before'], ['after']]);
});

test('a file that cannot be opened keeps it from starting', () => {
  const places = { log: undefined, errorLog: join(directory, 'missing', 'error.log') };
  expect(() => createSplitLog('info', places, never)).toThrow(StartError);
});

test('a file that cannot be opened anew is told, and logging goes on in the old one', () => {
  const told: string[] = [];
  const places = { log: join(directory, 'info.log'), errorLog: join(directory, 'error.log') };
  const { log, reopen } = createSplitLog('info', places, (message) => told.push(message));
  renameSync(directory, `${directory}.moved`);
  reopen();
  log.info('still here');
  renameSync(`${directory}.moved`, directory);
  expect(told.join('')).toMatch(/info\.log cannot be opened anew/);
  expect(lines(places.log)).toEqual(['still here']);
});
