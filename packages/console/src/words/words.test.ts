// Both languages say the same things, with the same values in them, and no text is there that nothing shows.
import { join } from 'node:path';
import { differences, problemTable, unshown } from '@countersign/ui/words/check-words.test-support.ts';
import { expect, test } from 'vitest';
import { german } from './german.ts';
import { english } from './words.ts';

test('German has every text, and nothing that English has not', () => {
  expect(differences(english, german)).toEqual([]);
});

test('no text is there that nothing shows', () => {
  const folders = [join(import.meta.dirname, '..'), join(import.meta.dirname, '../../../ui/src')];
  const tables = [
    'roles',
    'settings',
    'notices',
    'refusal-reasons',
    'steps',
    'audit-events',
    'onboarding-steps',
    'onboarding-remedies',
    'requirement-kinds',
    'scopes',
    'push-failures',
    'images',
    'user-source-words',
    'openid-words',
    'directory-refusals',
    'user-files',
    'message-failures',
    'certificate-kinds',
  ].map((name) => join(import.meta.dirname, `../../../contract/src/${name}.ts`));
  expect(unshown(english, folders, [problemTable, ...tables])).toEqual([]);
});
