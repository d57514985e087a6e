import { type ChallengeContent, challengeMessages } from '@countersign/contract/device-protocol.ts';
import { expect, test } from 'vitest';
import english from '../words/en.json';
import { speakIn } from '../words/words.ts';
import { descriptionOf, messageOf, titleOf } from './shown-text.ts';

const bare: ChallengeContent = {
  ...{ request_id: 'req_1', challenge_id: 'chl_1', nonce: 'n', username: 'ann' },
  application: { name: 'VPN', access_id: 'a' },
  ...{ title: 'Log in to VPN', description: '' },
  client: { name: 'gateway', address: null },
  ...{ created_at: 1, expires_at: 2 },
};
const login = { key: 'log_in', parameters: { application: 'VPN' } } as const;

test('the sentences of the server are said in the language of the person', async () => {
  const german = await speakIn('de');
  const content: ChallengeContent = {
    ...bare,
    description: 'As the administrator “olga”.',
    messages: {
      title: login,
      description: { key: 'as_administrator', parameters: { administrator: 'olga' } },
    },
  };
  expect(titleOf(german, content)).toBe('An VPN anmelden');
  expect(descriptionOf(german, content)).toBe('Als Administrator „olga“.');
  expect(titleOf(await speakIn('en'), content)).toBe('Log in to VPN');
});

test('a key that does not make exactly the text, or that nobody knows, says nothing', async () => {
  const german = await speakIn('de');
  const odd: readonly unknown[] = [
    undefined,
    null,
    'log_in',
    {},
    { title: null },
    { title: { key: 'log_in' } },
    { title: { key: 'log_in', parameters: { application: 'Bank' } } },
    { title: { key: 'console_sign_in', parameters: {} } },
    { title: { key: 'toString', parameters: {} } },
    { title: { key: 'log_in', parameters: null } },
  ];
  for (const messages of odd) {
    const content = { ...bare, messages } as ChallengeContent;
    expect(titleOf(german, content), JSON.stringify(messages)).toBe('Log in to VPN');
  }
  const own = { ...bare, title: 'Pay 5 €', messages: { title: login } };
  expect(titleOf(german, own)).toBe('Pay 5 €');
  expect(messageOf(own, 'title')).toBeUndefined();
});

test('in English they are exactly the texts that the server writes', () => {
  const words: Readonly<Record<string, string>> = english;
  for (const [key, sentence] of Object.entries(challengeMessages))
    expect(words[`message.${key}`]).toBe(sentence);
});
