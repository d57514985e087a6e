// Auth requests as they are read: by the API client that made them, and by whoever may see the activity.
import type { Activity, ActivityWithSteps, AuthRequest } from '@countersign/contract/models.ts';
import { refusalReasons } from '@countersign/contract/refusal-reasons.ts';
import { describeStep } from '@countersign/contract/steps.ts';
import type { Selectable } from 'kysely';
import { readSteps } from '#core/audit/steps.ts';
import type { Read } from '#db/db.ts';
import type { AuthRequestTable } from '#db/auth-request-tables.ts';
import { Problem } from '#platform/problem.ts';

export type AuthRequestRow = Selectable<AuthRequestTable>;

/** An API client sees the auth requests that it made itself. @throws Problem not_found */
export async function getAuthRequest(read: Read, caller: { id: string }, id: string): Promise<AuthRequest> {
  const row = await read
    .selectFrom('auth_requests')
    .selectAll()
    .where('id', '=', id)
    .where('door', '=', 'api')
    .where('door_id', '=', caller.id)
    .executeTakeFirst();
  if (!row) throw new Problem('not_found');
  return toAuthRequest(row);
}

/** With every step, oldest first. @throws Problem not_found */
export async function getActivity(
  read: Read,
  visible: string | null,
  id: string,
): Promise<ActivityWithSteps> {
  const row = await read.selectFrom('auth_requests').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || (visible !== null && row.application_id !== visible)) throw new Problem('not_found');
  return {
    ...toActivity(row),
    steps: readSteps(row.steps).map(({ at, code, details }) => ({
      at,
      code,
      text: describeStep(code, details),
    })),
  };
}

const toAuthRequest = (row: AuthRequestRow): AuthRequest => ({
  id: row.id,
  application_id: row.application_id,
  username: row.username,
  status: row.status,
  created_at: row.created_at,
  expires_at: row.expires_at,
  decided_at: row.decided_at,
});

export function toActivity(row: AuthRequestRow): Activity {
  const reason = row.reason === null ? null : refusalReasons[row.reason];
  return {
    ...toAuthRequest(row),
    user_id: row.user_id,
    kind: row.door === 'console' ? 'console_sign_in' : 'login',
    door: row.door,
    client_name: row.client_name,
    client_address: row.client_address,
    reason: row.reason,
    reason_text: reason?.sentence ?? null,
    remedy: reason?.remedy ?? null,
  };
}
