import { expect, test } from 'vitest';
import { testServer } from '../edge.test-support.ts';
import { registerOpenidCallback } from './openid-callback.ts';

const provider = 'oip_01890a5d-ac96-774b-bcce-b302099a8057';
const accessId = '01890a5d-ac96-774b-bcce-b302099a8057';
const random = 's'.repeat(43);
const get = async (query: Record<string, string> | string, at = provider) => {
  const { app } = await testServer((server) => registerOpenidCallback(server, '/mfa'), {});
  const text = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  return app.inject(`/openid/callback/${at}?${text}`);
};

test('an answer goes on in the fragment, to the app that the login was begun in', async () => {
  const state = `app.${accessId}.${random}`;
  const { statusCode, headers } = await get({ state, code: 'a+b', iss: 'https://id', session_state: 'x' });
  expect(statusCode).toBe(303);
  expect(headers.location).toBe(
    `/mfa/authenticator/#openid?provider=${provider}&state=${state}&code=a%2Bb&iss=https%3A%2F%2Fid`,
  );
  expect(headers['cache-control']).toBe('no-store');
  const tested = await get({ state: `test.${random}`, error: 'access_denied' });
  expect(tested.headers.location).toBe(
    `/mfa/console/#/openid-test?provider=${provider}&state=test.${random}&error=access_denied`,
  );
});

test.each([
  ['', provider],
  ['state=made-up&code=1', provider],
  [`state=test.${random}&state=test.${random}&code=1`, provider],
  [`state=test.${random}&code=1&code=2`, provider],
  [`state=//evil.example.${random}`, provider],
  [`state=test.${random}`, 'oip_%2F%2Fevil'],
])('what nobody began leads nowhere: %s', async (query, at) => {
  const { statusCode, headers, body } = await get(query, at);
  expect(statusCode).toBe(400);
  expect(headers.location).toBeUndefined();
  expect(body).toContain('Nothing has happened');
});
