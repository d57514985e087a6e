import { expect, test } from 'vitest';
import { refusedOf } from './postgres-rows.ts';

const failure = (message: string, code = '22P02') => Object.assign(new Error(message), { code });

test.each([
  ['invalid input syntax for type integer: "refused:0,12"', [0, 12]],
  ['ungültige Eingabesyntax für Typ integer: »refused:3«', [3]],
  ['syntaxe en entrée invalide pour le type integer : « refused:3,4 »', [3, 4]],
])('%s', (message, positions) => {
  expect([...(refusedOf(failure(message)) ?? [])]).toEqual(positions);
});

test('any other failure is none', () => {
  expect(refusedOf(failure('invalid input syntax for type integer: "x"'))).toBeUndefined();
  expect(refusedOf(failure('refused:1', '23505'))).toBeUndefined();
  expect(refusedOf('refused:1')).toBeUndefined();
});
