// Exports the audit trail, oldest first, a piece at a time: however long it is, only one piece of it is in memory.
import { setImmediate } from 'node:timers/promises';
import type { AuditEvent } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { Unavailable } from '#platform/problem.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { type EventNames, readNames } from './audit-names.ts';
import {
  type AuditFilter,
  type AuditSearch,
  lookAtAudit,
  readSearch,
  toAuditEvent,
} from './audit-list-store.ts';

export type ExportFormat = 'jsonl' | 'csv';

const pieceRows = 500;

type Cell = (event: AuditEvent, names: EventNames) => string | number | null;

/** By their heads, in their order. docs/guide/console.md says what each is. */
const columns: Readonly<Record<string, Cell>> = {
  id: ({ id }) => id,
  chain: ({ chain }) => chain,
  sequence: ({ sequence }) => sequence,
  at: ({ at }) => at,
  time: ({ at }) => new Date(at).toISOString(),
  event: ({ event }) => event,
  actor_kind: ({ actor_kind: kind }) => kind,
  actor_id: ({ actor_id: id }) => id,
  actor_name: (_, { actor }) => actor,
  application_id: ({ application_id: id }) => id,
  application_name: (_, { application }) => application,
  subject_id: ({ subject_id: id }) => id,
  subject_name: (_, { subject }) => subject,
  user_id: (_, { userId }) => userId,
  user_name: (_, { user }) => user,
  data: ({ data }) => JSON.stringify(data),
  hash: ({ hash }) => hash,
};

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
  const search = await readSearch(db.read, filter, visible);
  const write = format === 'csv' ? csvLines(db, visible) : jsonLines;
  return writePieces(db, search, { head: format === 'csv' ? csvHead : '', write }, signal);
}

interface Form {
  /** Before the first event. */
  readonly head: string;
  readonly write: (events: readonly AuditEvent[]) => string | Promise<string>;
}

async function* writePieces(
  db: Db,
  search: AuditSearch,
  { head, write }: Form,
  signal: StopSignal,
): AsyncGenerator<string> {
  if (head !== '') yield head;
  let after: readonly string[] | undefined;
  for (;;) {
    if (signal.aborted) throw new Unavailable('export', 'it was ended before it was whole');
    const { rows, end } = await lookAtAudit(db, search, 'asc', after, pieceRows);
    if (rows.length > 0) yield await write(rows.map(toAuditEvent));
    if (end === null) return;
    after = end;
    await setImmediate();
  }
}

const jsonLines = (events: readonly AuditEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** RFC 4180. */
const csvHead = `${Object.keys(columns).join(',')}\r\n`;

const csvLines = (db: Db, visible: string | null) => async (events: readonly AuditEvent[]) => {
  const namesOf = await readNames(db, events, visible);
  const cells = Object.values(columns);
  return events
    .map((event) => {
      const names = namesOf(event);
      return `${cells.map((cell) => csvField(cell(event, names))).join(',')}\r\n`;
    })
    .join('');
};

/** Spreadsheets take what begins so for a formula; an apostrophe before it makes it a text. */
const formula = /^[=+\-@\t\r]/;

export function csvField(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = formula.test(value ?? '') ? `'${value}` : (value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
