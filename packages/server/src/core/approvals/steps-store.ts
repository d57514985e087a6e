// The steps of an auth request, kept for the activity view.
import type { StepCode } from '@countersign/contract/steps.ts';
import { sql } from 'kysely';
import type { Read, Tx } from '#db/db.ts';

export interface StepEntry {
  readonly code: StepCode;
  readonly details?: Readonly<Record<string, string | number | null>>;
}

/** Appends behind the steps that are already there. */
export async function appendSteps(
  tx: Tx,
  authRequestId: string,
  at: number,
  entries: readonly StepEntry[],
): Promise<void> {
  for (const { code, details } of entries) {
    const position = sql<number>`(select coalesce(max(position), 0) + 1 from steps where auth_request_id = ${authRequestId})`;
    await tx
      .insertInto('steps')
      .values({ auth_request_id: authRequestId, position, at, code, details: JSON.stringify(details ?? {}) })
      .execute();
  }
}

/** Oldest first. */
export async function listSteps(read: Read, authRequestId: string) {
  const rows = await read
    .selectFrom('steps')
    .selectAll()
    .where('auth_request_id', '=', authRequestId)
    .orderBy('position')
    .execute();
  return rows.map(({ at, code, details }) => ({
    at,
    code,
    details: JSON.parse(details) as Record<string, string | number | null>,
  }));
}
