// Links that somebody else has made: what is no address must not break the screen that shows where it leads.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOnboardingLink } from './onboarding-link.ts';

const ticket = `cso_${'a'.repeat(43)}`;

test('what is no address is no link', () => {
  expect(readOnboardingLink(`https://[/onboard#${ticket}`)).toBeUndefined();
  expect(readOnboardingLink(`https://a:b:c/onboard#${ticket}`)).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (host) => {
      const { publicUrl } = readOnboardingLink(`https://${host}/onboard#${ticket}`) ?? {};
      if (publicUrl !== undefined) expect(() => new URL(publicUrl)).not.toThrow();
    }),
  );
});
