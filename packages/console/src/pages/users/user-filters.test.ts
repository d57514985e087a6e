import { expect, test } from 'vitest';
import { hasFilters, noFilters, queryFrom, sortFrom } from './user-filters.ts';

test('an address without filters asks for all, by user name', () => {
  expect(queryFrom('app_1', {})).toEqual({ application_id: 'app_1', sort: 'username', order: 'asc' });
  expect(hasFilters({ sort: 'created_at' })).toBe(false);
});

test('filters, search and order of the address are asked for', () => {
  const search = { search: ' ali ', enabled: 'false', held: 'true', sort: 'created_at', order: 'desc' };
  expect(queryFrom('app_1', search)).toEqual({
    application_id: 'app_1',
    search: 'ali',
    enabled: 'false',
    held: 'true',
    sort: 'created_at',
    order: 'desc',
  });
  expect(hasFilters(search)).toBe(true);
  expect(sortFrom(search)).toEqual({ by: 'created_at', order: 'desc' });
});

test('what somebody else wrote into the address asks for nothing that does not exist', () => {
  const search = { enabled: 'perhaps', sort: 'password', order: '<script>', search: 'x'.repeat(500) };
  expect(queryFrom('app_1', search)).toEqual({
    application_id: 'app_1',
    sort: 'username',
    order: 'asc',
    search: 'x'.repeat(200),
  });
});

test('over all applications, one of them can be chosen; on the page of one, the address cannot choose another', () => {
  const application = `app_${'0'.repeat(36)}`;
  expect(queryFrom(undefined, {})).toEqual({ sort: 'username', order: 'asc' });
  expect(queryFrom(undefined, { application }).application_id).toBe(application);
  expect(hasFilters({ application })).toBe(true);
  expect(queryFrom(undefined, { application: 'app_x' }).application_id).toBeUndefined();
  expect(queryFrom('app_1', { application }).application_id).toBe('app_1');
});

test('the members of one team, and of what is no team everybody', () => {
  const team = `tem_${'0'.repeat(36)}`;
  expect(queryFrom('app_1', { team })).toMatchObject({ application_id: 'app_1', team_id: team });
  expect(hasFilters({ team })).toBe(true);
  expect(hasFilters({ ...noFilters })).toBe(false);
  expect(queryFrom('app_1', { team: 'tem_x' }).team_id).toBeUndefined();
  expect(hasFilters({ team: 'tem_x' })).toBe(false);
});
