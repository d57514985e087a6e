// An import of a file of users: what is known of it while it goes on.
import type { UserImport } from '@countersign/contract/user-files.ts';
import {
  importFailures,
  type ImportFailure,
  type RowFault,
  rowFaults,
  userFileLimits as limits,
} from '@countersign/contract/user-files.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import { FileFailure } from './file-failure.ts';

/** Rows that are staged, compared and written together: few enough that no login waits noticeably behind them. */
export const pieceRows = 500;

/** Counted up by whoever works on it. */
export type Progress = { -readonly [K in keyof UserImport]: UserImport[K] };

export const newImport = (
  known: Pick<UserImport, 'id' | 'application_id' | 'format' | 'bytes' | 'created_at'>,
): Progress => ({
  ...known,
  state: 'reading',
  mode: null,
  file_digest: '',
  bytes_read: 0,
  rows: 0,
  rows_done: 0,
  passwords: 0,
  passwords_done: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  failed: 0,
  disabled: 0,
  phones_completed: 0,
  columns: [],
  ignored_columns: [],
  errors: [],
  sample: [],
  failure: null,
  ended_at: null,
});

type RowError = Progress['errors'][number];

/** @param where `username` and `value` as the file has them */
export function addError(progress: Progress, code: RowFault, where: Omit<RowError, 'code' | 'text'>): void {
  if (progress.errors.length >= limits.errors) return;
  const { line, column } = where;
  const username = toDisplayable(where.username, shownCharacters);
  const value = toDisplayable(where.value, shownCharacters);
  progress.errors.push({ line, username, column, value, code, text: rowFaults[code] });
}

/** Of what is at fault: enough to find it by. */
const shownCharacters = 60;

export const failureOf = (code: ImportFailure, line: number | null = null): UserImport['failure'] => ({
  code,
  line,
  text: importFailures[code],
});

export const isUnderWay = ({ state }: Pick<UserImport, 'state'>): boolean =>
  state === 'reading' || state === 'importing';

/** @throws FileFailure cancelled */
export function refuseCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new FileFailure('cancelled');
}
