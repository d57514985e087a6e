import { expect, test } from 'vitest';
import { bodyOf, shownOf } from './gateway-fields.ts';
import type { Gateway } from './channels.ts';

test('what a form says becomes what the API takes', () => {
  const typed = { name: 'A', headers: ' X: a \n\nY: b\n', accepted_statuses: ['200', '202'], password: '' };
  expect(bodyOf(typed)).toEqual({ name: 'A', headers: ['X: a', 'Y: b'], accepted_statuses: [200, 202] });
  expect(bodyOf({ password: 'secret' })).toEqual({ password: 'secret' });
});

test('and back', () => {
  const gateway = { kind: 'http', headers: ['X: a', 'Y: b'], accepted_statuses: [202] } as unknown as Gateway;
  expect(shownOf(gateway)).toMatchObject({ headers: 'X: a\nY: b', accepted_statuses: ['202'] });
});
