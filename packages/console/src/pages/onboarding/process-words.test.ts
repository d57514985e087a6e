import type { OnboardingProcessWithSteps } from '@countersign/contract/onboarding-models.ts';
import { expect, test } from 'vitest';
import { groupsOf, metOf } from './process-words.ts';

type Steps = OnboardingProcessWithSteps['steps'];

test('steps are grouped by what they belong to, newest on top', () => {
  const steps: Steps = [
    { at: 1, group: 'system', code: 'begun', text: 'a' },
    { at: 2, group: 'simple_credentials', code: 'password_wrong', text: 'b' },
    { at: 3, group: 'simple_credentials', code: 'met', text: 'c' },
    { at: 4, group: 'system', code: 'ready', text: 'd' },
  ];
  expect(groupsOf(steps).map(({ group, steps: own }) => [group, own.map(({ at }) => at)])).toEqual([
    ['system', [4]],
    ['simple_credentials', [3, 2]],
    ['system', [1]],
  ]);
  expect(groupsOf([])).toEqual([]);
});

test('what is met is counted', () => {
  expect(
    metOf({
      requirements: [
        { kind: 'simple_credentials', state: 'met' },
        { kind: 'manual', state: 'next' },
      ],
    }),
  ).toBe(1);
});
