import { expect, test } from 'vitest';
import { stateOf } from './user-state.tsx';

const ready = { enabled: true, requests_held: false, left_alone_until: null, device_count: 1 };

test.each([
  [ready, 'ready'],
  [{ ...ready, device_count: 0 }, 'not_onboarded'],
  [{ ...ready, left_alone_until: 1001 }, 'left_alone'],
  [{ ...ready, left_alone_until: 1000 }, 'ready'],
  [{ ...ready, requests_held: true, left_alone_until: 2000 }, 'held'],
  [{ ...ready, requests_held: true, enabled: false }, 'disabled'],
] as const)('%j is %s', (user, state) => {
  expect(stateOf(user, 1000)).toBe(state);
});
