import { expect, test } from 'vitest';
import { readPeriod, spanOf } from './period-filter.tsx';

test('a period ends now, and one of its own where it says', () => {
  expect(spanOf(readPeriod({ period: 'hour', until: '2026-01-01' }), 7_200_000)).toEqual({
    ...{ from: 3_600_000, until: undefined },
  });
  expect(spanOf(readPeriod({ period: 'own', from: '2026-01-01T00:00Z', until: 'soon' }), 1)).toEqual({
    ...{ from: Date.UTC(2026, 0, 1), until: undefined },
  });
  expect(spanOf(readPeriod({ period: 'ever', from: '2026-01-01' }), 1)).toEqual({
    ...{ from: undefined, until: undefined },
  });
});
