// Where credentials can be made at all.
import { expect, test } from 'vitest';
import { relyingPartyOf, requireRelyingParty } from './relying-party.ts';

test.each([
  ['https://mfa.example.com', 'mfa.example.com', 'https://mfa.example.com'],
  ['https://mfa.example.com:8443/mfa', 'mfa.example.com', 'https://mfa.example.com:8443'],
  ['http://localhost:8080', 'localhost', 'http://localhost:8080'],
])('%s', (publicUrl, id, origin) => {
  expect(relyingPartyOf(publicUrl)).toEqual({ id, origin });
});

test.each([
  'http://mfa.example.com',
  'https://192.0.2.1',
  'http://127.0.0.1:8080',
  'https://[2001:db8::1]:8443',
])('%s: none', (publicUrl) => {
  expect(() => requireRelyingParty(publicUrl)).toThrow('Passkeys do not work here');
});
