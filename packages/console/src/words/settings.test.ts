import { settings } from '@countersign/contract/settings.ts';
import { expect, test } from 'vitest';
import english from './en/settings.json';

test('settings are called here as the contract calls them', () => {
  const texts: Readonly<Record<string, string>> = english;
  for (const [name, { title, description }] of Object.entries(settings))
    expect([name, texts[`setting.${name}`], texts[`setting.${name}.help`]]).toEqual([
      name,
      title,
      description,
    ]);
});
