import { activityKinds, authRequestStatuses } from '@countersign/contract/models.ts';
import { expect, test } from 'vitest';
import { isFiltered, queryOf, readFilters } from './activity-filters.ts';
import { kindNames, statusNames } from './statuses.ts';

const user = 'usr_01890a5d-ac96-774b-bcce-b302099a8057';

test('the same ways to end, and the same kinds, as the contract has', () => {
  expect(kindNames).toEqual(activityKinds);
  expect(statusNames).toEqual(authRequestStatuses);
});

test('filters are read from the address, and what is not known is left out', () => {
  const filters = readFilters({
    name: 'al',
    user,
    status: 'denied',
    kind: 'console_sign_in',
    period: 'own',
    from: '2026-01-01T00:00Z',
  });
  expect(filters).toEqual({
    ...{ name: 'al', userId: user, applicationId: undefined, status: 'denied', kind: 'console_sign_in' },
    period: { choice: 'own', from: Date.UTC(2026, 0, 1), until: undefined },
  });
  expect(isFiltered(filters)).toBe(true);
  const strange = readFilters({
    user: 'x',
    status: 'odd',
    kind: 'odder',
    period: 'ever',
    application: '1',
    from: '1',
  });
  expect(isFiltered(strange)).toBe(false);
});

test('what is asked of the server', () => {
  const query = queryOf(readFilters({ period: 'hour', name: 'al', kind: 'login' }), 'app_1', 7_200_000);
  expect(query).toMatchObject({
    ...{ application_id: 'app_1', username: 'al', kind: 'login' },
    ...{ from: 3_600_000, until: undefined },
  });
});
