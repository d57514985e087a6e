// Links that somebody else has made: what is no address must not break the screen that shows where it leads.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applicationInFragment, readOnboardingLink } from './onboarding-link.ts';

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

test('the code of an application names it, by link and in the fragment', () => {
  const accessId = '0190a1b2-0000-7000-8000-00000000abcd';
  for (const path of ['onboard', 'authenticator/'])
    expect(readOnboardingLink(`https://mfa.example/${path}#application=${accessId.toUpperCase()}`)).toEqual({
      publicUrl: 'https://mfa.example',
      accessId,
    });
  expect(applicationInFragment(`#application=${accessId}`)).toBe(accessId);
  expect(applicationInFragment('#application=everything')).toBeUndefined();
  expect(readOnboardingLink('https://mfa.example/onboard#application=')).toBeUndefined();
});
