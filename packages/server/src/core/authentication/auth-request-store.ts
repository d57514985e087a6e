// Auth requests as they are read: by the API client that made them, and by whoever may see the activity.
import type {
  Activity,
  ActivityWithSteps,
  AuthRequest,
  AuthRequestStatus,
} from '@countersign/contract/models.ts';
import { refusalReasons } from '@countersign/contract/refusal-reasons.ts';
import { describeStep } from '@countersign/contract/steps.ts';
import type { Selectable } from 'kysely';
import { readSteps } from '#core/audit/steps.ts';
import type { Read } from '#db/db.ts';
import { type Page, type PageRequest, readCursor, toPage } from '#db/page.ts';
import type { AuthRequestTable } from '#db/tables.ts';
import { Problem } from '#platform/problem.ts';

type Row = Selectable<AuthRequestTable>;

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

export interface ActivityFilter extends PageRequest {
  readonly application_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly status?: AuthRequestStatus | undefined;
}

/** Newest first. @param visible the one application that may be seen, or null for all */
export async function listActivity(
  read: Read,
  visible: string | null,
  filter: ActivityFilter,
): Promise<Page<Activity>> {
  const after = readCursor(filter, 1);
  let query = read.selectFrom('auth_requests').selectAll();
  if (visible !== null) query = query.where('application_id', '=', visible);
  if (filter.application_id !== undefined) query = query.where('application_id', '=', filter.application_id);
  if (filter.user_id !== undefined) query = query.where('user_id', '=', filter.user_id);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  // Ids sort by the time they were made (UUIDv7).
  if (after) query = query.where('id', '<', after[0] ?? '');
  const rows = await query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const page = toPage(rows, filter, (row) => [row.id]);
  return { ...page, items: page.items.map(toActivity) };
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

const toAuthRequest = (row: Row): AuthRequest => ({
  id: row.id,
  application_id: row.application_id,
  username: row.username,
  status: row.status,
  created_at: row.created_at,
  expires_at: row.expires_at,
  decided_at: row.decided_at,
});

function toActivity(row: Row): Activity {
  const reason = row.reason === null ? null : refusalReasons[row.reason];
  return {
    ...toAuthRequest(row),
    user_id: row.user_id,
    door: row.door,
    client_name: row.client_name,
    client_address: row.client_address,
    reason: row.reason,
    reason_text: reason?.sentence ?? null,
    remedy: reason?.remedy ?? null,
  };
}
