import type { Administrator } from '@countersign/contract/administrator-models.ts';
import { expect, test } from 'vitest';
import { speakIn } from '../../words/words.ts';
import { factorsText, stateOf } from './administrator-words.tsx';

const administrator = (given: Partial<Administrator>) =>
  ({
    enabled: true,
    kind: 'local',
    has_password: false,
    passkey_count: 0,
    phone_user: null,
    invited_until: null,
    ...given,
  }) as Administrator;

test('an administrator without a way in is invited until the invitation is over', () => {
  expect(stateOf(administrator({ passkey_count: 1 }), 5)).toBe('active');
  expect(stateOf(administrator({ has_password: true, enabled: false }), 5)).toBe('disabled');
  expect(stateOf(administrator({ invited_until: 6 }), 5)).toBe('invited');
  expect(stateOf(administrator({ invited_until: 5 }), 5)).toBe('invitation_over');
  expect(stateOf(administrator({}), 5)).toBe('invitation_over');
  expect(stateOf(administrator({ kind: 'directory' }), 5)).toBe('active');
});

test('ways in are told in words', async () => {
  const speech = await speakIn('de');
  expect(factorsText(speech, administrator({}))).toBe('Noch nichts');
  expect(factorsText(speech, administrator({ passkey_count: 2, has_password: true }))).toBe(
    '2 Passkeys, Passwort',
  );
  expect(factorsText(speech, administrator({ kind: 'directory' }))).toBe('Passwort des Verzeichnisses');
});
