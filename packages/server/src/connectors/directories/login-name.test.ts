// How typed names are read.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLoginName } from './login-name.ts';

test.each([
  ['alice', { kind: 'plain', user: 'alice' }],
  ['  alice ', { kind: 'plain', user: 'alice' }],
  ['alice@Corp.Example.', { kind: 'at_domain', user: 'alice', domain: 'corp.example' }],
  ['a@b@corp.example', { kind: 'at_domain', user: 'a@b', domain: 'corp.example' }],
  ['CORP\\alice', { kind: 'down_level', user: 'alice', domain: 'corp' }],
  ['CORP\\alice@x', { kind: 'down_level', user: 'alice@x', domain: 'corp' }],
  ['jose\u0301', { kind: 'plain', user: 'jos\u00e9' }],
  ['*)(uid=*', { kind: 'plain', user: '*)(uid=*' }],
])('%j', (text, name) => {
  expect(parseLoginName(text)).toEqual(name);
});

test.each([
  '',
  ' ',
  '@corp',
  'alice@',
  'alice@.',
  '\\alice',
  'CORP\\',
  'a\\b\\c',
  'al\0ice',
  'a\u001b',
  'a\ud800',
  'a\ufffd',
  'a'.repeat(513),
])('%j is no name', (text) => {
  expect(parseLoginName(text)).toMatchObject({ kind: 'unusable' });
});

test('whatever is typed, parts are never empty and hold no character that none may hold', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
      const name = parseLoginName(text);
      if (name.kind === 'unusable') return name.why !== '';
      const parts = name.kind === 'plain' ? [name.user] : [name.user, name.domain];
      return parts.every((part) => part !== '' && !/[\p{Cc}\p{Cs}\uFFFD]/u.test(part) && part.length <= 512);
    }),
  );
});

test('user and domain come back as they were put together', () => {
  const word = fc.stringMatching(/^[a-z0-9_.-]*[a-z0-9_-]$/).filter((each) => each.length < 100);
  fc.assert(
    fc.property(word, word, (user, domain) => {
      expect(parseLoginName(`${user}@${domain}`)).toEqual({ kind: 'at_domain', user, domain });
      expect(parseLoginName(`${domain}\\${user}`)).toEqual({ kind: 'down_level', user, domain });
    }),
  );
});
