// Since when a user source is silent, and what ends that.
import { expect, test } from 'vitest';
import type { DirectoryFinding } from './directory.ts';
import { createSilences, heedFindings } from './silences.ts';

const source = { id: 'src_1', revision: 1 };

test('since the first failure, for what it was then, until it answers or its settings change', () => {
  let now = 1000;
  const silences = createSilences({ now: () => now });
  expect(silences.of(source)).toBeUndefined();
  silences.heard(source, 'nothing listens');
  now = 2000;
  silences.heard(source, 'passed over');
  expect(silences.of(source)).toEqual({ ...source, since: 1000, cause: 'nothing listens' });
  expect(silences.of({ ...source, revision: 2 })).toBeUndefined();
  silences.heard({ ...source, revision: 2 }, 'no answer');
  expect(silences.all()).toEqual([{ id: 'src_1', revision: 2, since: 2000, cause: 'no answer' }]);
  silences.heard({ ...source, revision: 2 }, undefined);
  expect(silences.all()).toEqual([]);
});

test('no more than can be sources', () => {
  const silences = createSilences({ now: () => 1 });
  for (let n = 0; n < 1002; n += 1) silences.heard({ id: `src_${n}`, revision: 1 }, 'x');
  expect(silences.all()).toHaveLength(1000);
  expect(silences.of({ id: 'src_1001', revision: 1 })).toBeDefined();
});

const step = (host: string, passed: boolean): DirectoryFinding => ({
  step: 'connected',
  host,
  passed,
  sentence: '',
  ms: 1,
});

test.each([
  ['one of two servers passed every step', [step('', true), step('a', false), step('b', true)], false],
  ['each failed at some step', [step('a', true), step('a', false), step('b', false)], true],
  ['only what is about all of them passed', [step('', true)], true],
] as const)('a test in which %s', async (_, findings, isSilent) => {
  const silences = createSilences({ now: () => 1 });
  silences.heard(source, 'x');
  async function* all() {
    yield* findings;
  }
  const seen: DirectoryFinding[] = [];
  for await (const finding of heedFindings(silences, source, all())) seen.push(finding);
  expect(seen).toEqual(findings);
  expect(silences.of(source) !== undefined).toBe(isSilent);
});
