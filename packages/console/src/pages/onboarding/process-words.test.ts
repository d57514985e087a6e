import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import { expect, test } from 'vitest';
import { speakIn } from '../../words/words.ts';
import { groupsOf, metOf, progressOf, remedyText, standingTexts } from './process-words.ts';

type Steps = OnboardingProcessWithSteps['steps'];

test('steps are grouped by what they belong to, newest on top', () => {
  const steps: Steps = [
    { at: 1, group: 'system', code: 'begun', text: 'a', outcome: 'none', remedy: null },
    { at: 2, group: 'simple_credentials', code: 'password_wrong', text: 'b', outcome: 'none', remedy: null },
    { at: 3, group: 'simple_credentials', code: 'met', text: 'c', outcome: 'none', remedy: null },
    { at: 4, group: 'system', code: 'ready', text: 'd', outcome: 'none', remedy: null },
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

const open = {
  status: 'open',
  ending: null,
  waits_for: 'person',
  last_failure: null,
  requirements: [
    { kind: 'simple_credentials', state: 'met' },
    { kind: 'manual', state: 'next' },
    { kind: 'administrator_approval', state: 'later' },
  ],
} as const satisfies Partial<OnboardingProcess>;
const failure = {
  at: 1,
  group: 'simple_credentials',
  code: 'source_refused',
  text: 'User source “corp.example” refused: The user must change the password before the next login.',
  outcome: 'bad',
  remedy: 'Let the user change it, at a computer of the domain for example.',
} as const satisfies OnboardingProcess['last_failure'];
const processOf = (fields: Partial<OnboardingProcess>) => ({ ...open, ...fields }) as OnboardingProcess;

test('what went wrong stands in the row, and what is waited for where that is news', async () => {
  const english = await speakIn('en');
  const german = await speakIn('de');
  const failed = processOf({ last_failure: failure });
  expect(standingTexts(english, processOf({}))).toEqual(['Waits for the person']);
  expect(standingTexts(english, failed)).toEqual([failure.text]);
  expect(standingTexts(german, failed)).toEqual([
    'Die Benutzerquelle „corp.example“ lehnte ab: Die Person muss das Passwort vor der nächsten Anmeldung ändern.',
  ]);
  expect(remedyText(german, failed)).toBe(
    'Lassen Sie die Person es ändern, zum Beispiel an einem Rechner der Domäne.',
  );
  expect(remedyText(english, processOf({}))).toBeUndefined();
  const ended = { last_failure: failure, waits_for: null, status: 'refused' } as const;
  expect(standingTexts(english, processOf({ ...ended, ending: 'too_many_tries' }))).toHaveLength(2);
  expect(standingTexts(english, processOf({ ...ended, ending: 'refused_by_administrator' }))).toEqual([
    failure.text,
  ]);
});

test('of one that ended, nothing comes next', () => {
  const states = (status: OnboardingProcess['status']) =>
    progressOf(processOf({ status })).map(({ state }) => state);
  expect(states('open')).toEqual(['met', 'next', 'later']);
  expect(states('refused')).toEqual(['met', 'refused', 'unmet']);
  expect(states('expired')).toEqual(['met', 'unmet', 'unmet']);
});
