// What is filtered by, read from the address, and put into the query of the server.
import { applicationIn } from '../../parts/application-filter.tsx';
import { type PeriodChoice, readPeriod, spanOf } from '../../parts/period-filter.tsx';
import type { Search } from '../../router/paths.ts';
import { type KindName, kindNames, type StatusName, statusNames } from './statuses.ts';
import type { ActivityQuery } from './use-live-activities.ts';

export interface ActivityFilters {
  readonly name: string;
  readonly userId: string | undefined;
  readonly applicationId: string | undefined;
  readonly status: StatusName | undefined;
  readonly kind: KindName | undefined;
  readonly period: PeriodChoice;
}

/** Anybody can make a link: what is not known is left out. */
export const readFilters = (search: Search): ActivityFilters => ({
  name: search['name'] ?? '',
  userId: /^usr_[0-9a-f-]{36}$/.exec(search['user'] ?? '')?.[0],
  applicationId: applicationIn(search),
  status: statusNames.find((each) => each === search['status']),
  kind: kindNames.find((each) => each === search['kind']),
  period: readPeriod(search),
});

export const isFiltered = ({ name, userId, applicationId, status, kind, period }: ActivityFilters): boolean =>
  name !== '' || [userId, applicationId, status, kind, period.choice].some((each) => each !== undefined);

/** @param applicationId of the page, where it is one of an application */
export const queryOf = (
  { name, userId, status, kind, period, ...filters }: ActivityFilters,
  applicationId: string | undefined,
  now: number,
): ActivityQuery => ({
  application_id: applicationId ?? filters.applicationId,
  user_id: userId,
  status,
  kind,
  username: name === '' ? undefined : name,
  ...spanOf(period, now),
});
