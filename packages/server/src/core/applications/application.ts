// An application: a protected thing with its own users. Doors and authenticators name it by its access ID.
import type { Application } from '@countersign/contract/models.ts';
import type { Selectable } from 'kysely';
import type { ApplicationTable } from '#db/application-tables.ts';

export type ApplicationRow = Selectable<ApplicationTable>;

export const toApplication = (row: ApplicationRow): Application => ({
  id: row.id,
  access_id: row.access_id,
  name: row.name,
  request_seconds: row.request_seconds,
  device_limit: row.device_limit,
  second_factor: row.second_factor,
  user_verification: row.user_verification,
  unreachable_grace_seconds: row.unreachable_grace_seconds,
  device_mode: row.device_mode,
  enrolment: row.enrolment,
  authorisation: row.authorisation,
  new_device_wait_seconds: row.new_device_wait_seconds,
  new_device_cool_down_seconds: row.new_device_cool_down_seconds,
  logo: row.logo,
  background: row.background,
  enabled: row.enabled === 1,
  created_at: row.created_at,
  updated_at: row.updated_at,
});
