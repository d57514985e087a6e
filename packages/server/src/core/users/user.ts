// A user: a person in one application's pool.
import type { User } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import type { Selectable } from 'kysely';
import { type SearchedColumns, searchKey } from '#db/search-key.ts';
import type { UserTable } from '#db/user-tables.ts';

export type UserRow = Selectable<UserTable>;

/** What is counted or gathered from other tables. */
export interface UserSurroundings {
  readonly teams: readonly string[];
  readonly deviceCount: number;
}

export const toUser = (row: UserRow, { teams, deviceCount }: UserSurroundings): User => ({
  id: row.id,
  application_id: row.application_id,
  username: row.username,
  full_name: row.full_name,
  email: row.email,
  phone: row.phone,
  teams: [...teams],
  external_guid: row.external_guid,
  enabled: row.enabled === 1,
  device_limit: row.device_limit,
  has_password: row.password_hash !== null,
  device_count: deviceCount,
  requests_held: row.held_by_request_id !== null,
  left_alone_until: row.left_alone_until,
  last_authenticated_at: row.last_authenticated_at,
  last_onboarded_at: row.last_onboarded_at,
  created_at: row.created_at,
  updated_at: row.updated_at,
});

/** Columns that follow from others: whoever writes one of those writes these too. */
export const derivedColumns = (names: SearchedColumns) => ({
  username_key: nameKey(names.username),
  search_key: searchKey(names),
});

/** The row of a user who has just been made. @param now epoch milliseconds */
export const newUserRow = (
  input: Pick<
    UserRow,
    | 'id'
    | 'application_id'
    | 'username'
    | 'full_name'
    | 'email'
    | 'phone'
    | 'external_guid'
    | 'enabled'
    | 'device_limit'
    | 'password_hash'
  >,
  now: number,
): UserRow => ({
  id: input.id,
  application_id: input.application_id,
  username: input.username,
  full_name: input.full_name,
  email: input.email,
  phone: input.phone,
  external_guid: input.external_guid,
  enabled: input.enabled,
  device_limit: input.device_limit,
  password_hash: input.password_hash,
  held_by_request_id: null,
  unanswered_streak: 0,
  left_alone_until: null,
  last_authenticated_at: null,
  last_onboarded_at: null,
  requests_opened: 0,
  created_at: now,
  updated_at: now,
  ...derivedColumns(input),
});
