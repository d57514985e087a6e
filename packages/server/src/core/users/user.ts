// A user: a person in one application's pool.
import type { User } from '@countersign/contract/models.ts';
import type { Selectable } from 'kysely';
import type { UserTable } from '#db/tables.ts';

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
