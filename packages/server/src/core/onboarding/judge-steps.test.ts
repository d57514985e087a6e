import type { OnboardingStepCode } from '@countersign/contract/onboarding-steps.ts';
import { expect, test } from 'vitest';
import { lastFailureOf, remedyOf } from './judge-steps.ts';
import { readProcessSteps, writeProcessSteps } from './process-steps.ts';

/** One array is one try. */
const lastOf = (...tries: readonly (readonly OnboardingStepCode[])[]) =>
  lastFailureOf(
    readProcessSteps(
      tries
        .map((codes, at) =>
          writeProcessSteps(
            at,
            'simple_credentials',
            codes.map((code) => ({ code })),
          ),
        )
        .join(''),
    ),
  )?.code;

test.each<readonly [readonly OnboardingStepCode[][], OnboardingStepCode | undefined]>([
  [[], undefined],
  [[['user_not_found']], 'user_not_found'],
  [[['user_found', 'password_wrong']], 'password_wrong'],
  [[['user_not_found', 'source_not_found']], 'source_not_found'],
  [[['user_not_found', 'source_refused']], 'source_refused'],
  [[['user_not_found', 'source_unavailable', 'source_not_found']], 'source_unavailable'],
  [[['user_not_found', 'source_unavailable', 'source_not_cached']], 'source_unavailable'],
  [[['user_not_found', 'source_found', 'user_created', 'met']], undefined],
  [[['user_not_found', 'source_found', 'user_disabled']], 'user_disabled'],
  [[['password_wrong'], ['resumed']], 'password_wrong'],
  [[['password_wrong'], ['user_found', 'password_correct', 'met']], undefined],
  [[['sms_code_wrong'], ['sms_code_asked']], undefined],
  [[['sms_code_asked'], ['sms_not_taken']], 'sms_not_taken'],
  [[['met'], ['picture_shown'], ['refused_by']], 'refused_by'],
])('of the tries %j the failure is %s', (tries, code) => {
  expect(lastOf(...tries)).toBe(code);
});

test('what a directory says has a way out of its own', () => {
  const cause = 'The account is disabled in the directory';
  expect(remedyOf('source_refused', { cause })).toMatch(/^Enable it there/);
  expect(remedyOf('source_refused', { cause: 'Something else' })).toMatch(/user source/);
  expect(remedyOf('met', {})).toBeNull();
});
