import { pushFailures } from '@countersign/contract/push-failures.ts';
import { expect, test } from 'vitest';
import { speakIn } from '../../words/words.ts';
import { pushWords } from './push-words.ts';

const active = {
  state: 'active',
  service: 'https://push.example',
  created_at: 1,
  failed_at: null,
  failure: null,
} as const;

test('a device without push, with one that is not proved, and with one that works', async () => {
  const speech = await speakIn('en');
  expect(pushWords(speech, null)).toMatchObject({ tone: 'quiet', text: 'Not woken' });
  expect(pushWords(speech, { ...active, state: 'unproved' })).toMatchObject({ tone: 'note' });
  expect(pushWords(speech, active)).toEqual({ tone: 'good', text: 'Woken by push', help: 'push.example' });
});

test.each(Object.values(pushFailures))('“%s” has words in German', async (failure) => {
  const { tone, help } = pushWords(await speakIn('de'), { ...active, failed_at: 2, failure });
  expect(tone).toBe('warn');
  expect(help).not.toBe(failure);
  expect(help).not.toContain('push_failure.');
});
