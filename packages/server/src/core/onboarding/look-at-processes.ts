// Finds onboarding processes of an application, newest first. What somebody typed in vain is in no column, only among the steps, so a name
// is looked for row by row, so many rows a call.
import type { ProcessStatus, WaitsFor } from '@countersign/contract/requirement-kinds.ts';
import { isDisplayable } from '@countersign/contract/text.ts';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { beginsWith, followsIn } from '#db/begins-with.ts';
import type { Db } from '#db/db.ts';
import type { PageRequest } from '#db/page.ts';
import { type Window, windowRows } from '#db/window.ts';
import type { ProcessRow } from './process.ts';

export interface ProcessFilter extends PageRequest {
  readonly status?: ProcessStatus | undefined;
  readonly waits_for?: WaitsFor | undefined;
  readonly user_id?: string | undefined;
  /** Begin of the name that was typed, or of the user. */
  readonly username?: string | undefined;
  /** Epoch milliseconds; not before, and before. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

interface Reach {
  readonly after: readonly string[] | undefined;
  readonly limit: number;
}

/** One window of them. */
export async function lookAtProcesses(
  { read, dialect }: Db,
  applicationId: string,
  filter: ProcessFilter,
  { after: [before] = [], limit }: Reach,
): Promise<Window<ProcessRow>> {
  let inside = read
    .selectFrom('onboarding_processes')
    .where('application_id', '=', applicationId)
    .orderBy('id', 'desc');
  if (filter.status !== undefined) inside = inside.where('status', '=', filter.status);
  if (filter.waits_for !== undefined)
    inside = inside.where('status', '=', 'open').where('waits_for', '=', filter.waits_for);
  if (filter.user_id !== undefined) inside = inside.where('user_id', '=', filter.user_id);
  if (filter.from !== undefined) inside = inside.where('created_at', '>=', filter.from);
  if (filter.until !== undefined) inside = inside.where('created_at', '<', filter.until);
  if (before !== undefined) inside = inside.where('id', '<', before);
  const name = nameOf(filter);
  const rows =
    name === undefined
      ? await inside.selectAll().limit(limit).execute()
      : await read
          .selectFrom(inside.selectAll().limit(windowRows).as('onboarding_processes'))
          .selectAll()
          .where(named(dialect, name))
          .orderBy('id', 'desc')
          .limit(limit)
          .execute();
  const last = rows.at(-1);
  if (rows.length === limit && last) return { rows, end: [last.id] };
  if (name === undefined) return { rows, end: null };
  const end = await inside
    .select('id')
    .offset(windowRows - 1)
    .limit(1)
    .executeTakeFirst();
  return { rows, end: end ? [end.id] : null };
}

/** No name begins with what cannot be shown, and PostgreSQL refuses NUL. */
function nameOf({ username }: ProcessFilter): string | undefined {
  const name = username?.normalize('NFC').trimStart();
  if (name === undefined || name === '') return undefined;
  return isDisplayable(name) ? name : '\uffff';
}

/** How a line of `writeProcessSteps` goes on after `user_found` and `user_not_found`; within a text its quotes would be escaped. */
const typed = 'found",{"username":"';

const named = (dialect: Db['dialect'], name: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${beginsWith(dialect, 'username', name)} or ${followsIn(dialect, 'steps', {
    before: typed,
    text: JSON.stringify(name).slice(1, -1),
  })})`;
