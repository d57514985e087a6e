import { expect, test } from 'vitest';
import { risksOf } from './radius-client-fields.ts';

test('what opens a door is told', () => {
  expect(risksOf({ message_authenticator: 'require', relay: false })).toEqual([]);
  expect(risksOf({ message_authenticator: 'off', relay: true })).toEqual(['off', 'relay']);
});
