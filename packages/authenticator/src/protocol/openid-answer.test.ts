import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openidInFragment } from './openid-answer.ts';

const accessId = '01890a5d-ac96-774b-bcce-b302099a8057';
const state = `app.${accessId}.${'s'.repeat(43)}`;

test('an answer is read as the server hands it on, and nothing else is one', () => {
  const query = new URLSearchParams({ provider: 'oip_1', state, code: 'a+b/c', iss: 'https://id.example' });
  expect(openidInFragment(`#openid?${query}`)).toEqual({
    accessId,
    answer: { provider_id: 'oip_1', state, code: 'a+b/c', iss: 'https://id.example' },
  });
  expect(openidInFragment(`#openid?state=test.${'s'.repeat(43)}`)).toBeUndefined();
  expect(openidInFragment('#/enrol/1')).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(openidInFragment(`#openid?state=${text}`)).toBeUndefined();
    }),
  );
});
