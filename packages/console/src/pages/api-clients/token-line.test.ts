import { expect, test } from 'vitest';
import { publicUrl, tokenLine } from './token-line.ts';

test('the public URL, with and without a path', () => {
  expect(publicUrl('http://localhost:8080/console/#/api-clients')).toBe('http://localhost:8080');
  expect(publicUrl('https://example.org/mfa/console/?a#/x')).toBe('https://example.org/mfa');
});

test('the line for a token', () => {
  expect(tokenLine('https://example.org', 'acl_1', 's')).toBe(
    `curl -u 'acl_1:s' -d grant_type=client_credentials https://example.org/v1/oauth/token`,
  );
});
