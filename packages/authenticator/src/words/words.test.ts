// Both languages say the same things, with the same values in them.
import { join } from 'node:path';
import { differences, problemTable, unshown } from '@countersign/ui/words/check-words.test-support.ts';
import { expect, test } from 'vitest';
import german from './de.json';
import english from './en.json';

test('German has every text, and nothing that English has not', () => {
  expect(differences(english, german)).toEqual([]);
});

const contract = join(import.meta.dirname, '../../../contract/src');
const messages = ['device-protocol.ts', 'onboarding-steps.ts'].map((name) => join(contract, name));

test('no text is there that nothing shows', () => {
  const folders = [join(import.meta.dirname, '..'), join(import.meta.dirname, '../../../ui/src')];
  expect(unshown(english, folders, [problemTable, ...messages])).toEqual([]);
});
