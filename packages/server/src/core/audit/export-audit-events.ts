// Exports the audit trail, oldest first, a piece at a time: however long it is, only one piece of it is in memory.
import { setImmediate } from 'node:timers/promises';
import type { AuditEvent } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { Unavailable } from '#platform/problem.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import {
  type AuditFilter,
  type AuditSearch,
  lookAtAudit,
  readSearch,
  toAuditEvent,
} from './audit-list-store.ts';

export type ExportFormat = 'jsonl' | 'csv';

const pieceRows = 500;

const columns = [
  'id',
  'chain',
  'sequence',
  'at',
  'event',
  'actor_kind',
  'actor_id',
  'application_id',
  'subject_id',
  'data',
  'hash',
] as const satisfies readonly (keyof AuditEvent)[];

/**
 * Texts that follow each other. When the signal fires they break off with Unavailable: what ended quietly would pass for the whole trail.
 * @param visible id of the application whose events the caller may see; null for all.
 * @throws Problem invalid_request when the event is not in the catalogue.
 */
export async function exportAuditEvents(
  { db }: { readonly db: Db },
  visible: string | null,
  { format, ...filter }: AuditFilter & { readonly format: ExportFormat },
  signal: StopSignal,
): Promise<AsyncIterable<string>> {
  return writePieces(db, await readSearch(db.read, filter, visible), format, signal);
}

async function* writePieces(
  db: Db,
  search: AuditSearch,
  format: ExportFormat,
  signal: StopSignal,
): AsyncGenerator<string> {
  const write = format === 'csv' ? csvLine : jsonLine;
  if (format === 'csv') yield `${columns.join(',')}\r\n`;
  let after: readonly string[] | undefined;
  for (;;) {
    if (signal.aborted) throw new Unavailable('export', 'it was ended before it was whole');
    const { rows, end } = await lookAtAudit(db, search, 'asc', after, pieceRows);
    if (rows.length > 0) yield rows.map((row) => write(toAuditEvent(row))).join('');
    if (end === null) return;
    after = end;
    await setImmediate();
  }
}

const jsonLine = (event: AuditEvent): string => `${JSON.stringify(event)}\n`;

/** RFC 4180. */
const csvLine = (event: AuditEvent): string =>
  `${columns.map((column) => csvField(column === 'data' ? JSON.stringify(event.data) : event[column])).join(',')}\r\n`;

/** Spreadsheets take what begins so for a formula; an apostrophe before it makes it a text. */
const formula = /^[=+\-@\t\r]/;

export function csvField(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = formula.test(value ?? '') ? `'${value}` : (value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
