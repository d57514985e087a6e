import { describeOnboardingStep } from '@countersign/contract/onboarding-steps.ts';
import { steps } from '@countersign/contract/steps.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readValues, sourceRemedy, told, toldRemedy } from './told.ts';
import { speakIn } from './words.ts';

test('what the server said in English is said in German, with the same values', async () => {
  const german = await speakIn('de');
  const text = 'Login received from gateway (1) for “a$1”, coming from 10.0.0.1.';
  expect(told(german, ['step.received'], text)).toBe(
    'Anmeldung von gateway (1) für „a$1“ erhalten, sie kommt von 10.0.0.1.',
  );
  expect(told(german, ['step.denied', 'step.nothing'], text)).toBe(text);
  expect(told(await speakIn('en'), ['step.received'], text)).toBe(text);
});

test('why a user source refused is said in German, too', async () => {
  const german = await speakIn('de');
  const text = 'User source “corp.example” refused: The password has expired.';
  expect(told(german, ['onboarding_step.source_refused'], text)).toBe(
    'Die Benutzerquelle „corp.example“ lehnte ab: Das Passwort ist abgelaufen.',
  );
});

test('what to do about it is said, too', async () => {
  const german = await speakIn('de');
  const text = 'User source “corp.example” refused: The account is disabled in the directory.';
  const said = 'Schalten Sie es dort ein, wenn diese Anmeldung rechtmäßig war.';
  expect(sourceRemedy(german, text)).toBe(said);
  expect(sourceRemedy(german, 'User source “corp.example” refused: Something.')).toBeUndefined();
  expect(toldRemedy(german, 'Enable it there if this login was legitimate.')).toBe(said);
  expect(toldRemedy(german, 'Something of a newer server.')).toBe('Something of a newer server.');
});

test('a time is told in the same unit', async () => {
  const german = await speakIn('de');
  const text = describeOnboardingStep('waiting_time', { hours: 168 });
  expect(text).toBe('The device may be bound when the waiting time of 7 days is over.');
  expect(told(german, ['onboarding_step.waiting_time'], text)).toBe(
    'Das Gerät darf verbunden werden, wenn die Wartezeit vorbei ist (7 Tage).',
  );
});

test('a moment is told in the time of whoever reads it', async () => {
  const english = await speakIn('en');
  const text = 'accepted from the credential cache, kept at 2026-11-22T18:43:52.468Z.';
  const said = told(english, ['step.nothing'], text);
  expect(said).toMatch(/^accepted from the credential cache, kept at \D*2\d\D+2026, /);
  expect(told(english, ['step.nothing'], 'from 2026-99-99T00:00:00Z')).toBe('from 2026-99-99T00:00:00Z');
});

test('one device is one', async () => {
  const german = await speakIn('de');
  const woken = (devices: number) =>
    told(
      german,
      ['step.push_sent'],
      `${devices} ${devices === 1 ? 'device' : 'devices'} will be woken by push.`,
    );
  expect([woken(1), woken(2)]).toEqual([
    '1 Gerät wird durch Push geweckt.',
    '2 Geräte werden durch Push geweckt.',
  ]);
});

test('every step is read back, whatever it is about', () => {
  const value = fc.string({ unit: 'binary' });
  for (const pattern of Object.values(steps))
    fc.assert(
      fc.property(value, (given) => {
        const text = pattern.replace(/\{\w+\|[^|}]*\|([^}]*)\}/g, '$1').replace(/\{\w+\}/g, () => given);
        expect(readValues(pattern, text)).toBeDefined();
      }),
      { numRuns: 20 },
    );
});
