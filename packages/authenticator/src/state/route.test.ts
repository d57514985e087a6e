// Addresses within the app, also those that somebody else has made.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hrefOf, readRoute, screenNames } from './route.ts';

test('every address that the app makes leads back to where it is of', () => {
  fc.assert(
    fc.property(fc.constantFrom(...screenNames), fc.string({ unit: 'grapheme' }), (screen, id) => {
      expect(readRoute(hrefOf(screen, id))).toEqual({ screen, id });
    }),
  );
});

test('whatever stands in the address, a screen opens', () => {
  expect(readRoute('#/account/%')).toEqual({ screen: 'accounts', id: '' });
  expect(readRoute('#/account/%E0%A4%A')).toEqual({ screen: 'accounts', id: '' });
  fc.assert(
    fc.property(fc.string(), (hash) => {
      expect(screenNames).toContain(readRoute(`#/account/${hash}`).screen);
    }),
  );
});
