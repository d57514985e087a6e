import type { ActivityWithSteps } from '@countersign/contract/models.ts';
import type { TestLoginResult } from '@countersign/contract/overview-models.ts';
import { expect, test } from 'vitest';
import { endOf } from './login-test.ts';

const played = (answer?: TestLoginResult['answer'], status?: ActivityWithSteps['status']) =>
  endOf({
    username: 'alice',
    before: undefined,
    ...(answer ? { result: { answer, auth_request_id: null, message: null, duration_ms: 1 } } : {}),
    ...(status ? { login: { status } as ActivityWithSteps } : {}),
  });

test('how a played login ended', () => {
  expect(played()).toBe('waiting');
  expect(played(undefined, 'approved')).toBe('waiting');
  expect(played('accepted', 'approved')).toBe('accepted');
  expect(played('rejected', 'denied')).toBe('refused');
  expect(played('silence')).toBe('silence');
  expect(played('unreachable')).toBe('unreachable');
});

test('with a number to type, the decision on the phone is the end', () => {
  expect(played('challenged')).toBe('waiting');
  expect(played('challenged', 'pending')).toBe('waiting');
  expect(played('challenged', 'approved')).toBe('accepted');
  expect(played('challenged', 'denied')).toBe('refused');
  expect(played('challenged', 'expired')).toBe('refused');
});
