// The lines that steps are kept as: read as they were written, whatever names are in them.
import { type OnboardingStepCode, onboardingSteps } from '@countersign/contract/onboarding-steps.ts';
import { isDisplayable } from '@countersign/contract/text.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readProcessSteps, typedNameOf, writeProcessSteps } from './process-steps.ts';

const codes = Object.keys(onboardingSteps) as OnboardingStepCode[];
const hostile = fc.string({ unit: 'binary', maxLength: 400 });
const details = fc.record({
  username: hostile,
  source: hostile,
  cause: hostile,
  device: hostile,
  address: hostile,
});

test('what was written is read, one step a line, and every text can be shown', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ code: fc.constantFrom(...codes), details })), (steps) => {
      const text =
        writeProcessSteps(7, 'manual', steps) + writeProcessSteps(8, 'system', [{ code: 'begun' }]);
      const read = readProcessSteps(text);
      expect(read.map(({ code }) => code)).toEqual([...steps.map(({ code }) => code), 'begun']);
      expect(read.map(({ group, at }) => `${group} ${at}`).at(-1)).toBe('system 8');
      for (const step of read) expect(isDisplayable(step.text)).toBe(true);
    }),
  );
});

test('the name that was typed last is known, and no other', () => {
  const typed = (code: OnboardingStepCode, username: string) =>
    writeProcessSteps(7, 'simple_credentials', [{ code, details: { username } }, { code: 'password_wrong' }]);
  expect(typedNameOf('')).toBe('');
  expect(
    typedNameOf(writeProcessSteps(7, 'sms', [{ code: 'sms_code_asked', details: { username: 'x' } }])),
  ).toBe('');
  expect(typedNameOf(typed('user_not_found', 'alice') + typed('user_found', 'bob'))).toBe('bob');
});
