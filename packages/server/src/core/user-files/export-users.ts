// Exports the users of an application, by user name, a piece at a time: however many there are, only one piece is in memory.
import { setImmediate } from 'node:timers/promises';
import type { User } from '@countersign/contract/models.ts';
import type { UserExportFormat } from '@countersign/contract/user-files.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { UserRow } from '#core/users/user.ts';
import { withSurroundings } from '#core/users/user-store.ts';
import type { Db, Read } from '#db/db.ts';
import { Problem, Unavailable } from '#platform/problem.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { csvCell } from './csv-text.ts';
import { guard } from './formula.ts';
import { joinTeams } from './user-columns.ts';

const pieceRows = 500;

type Cell = (user: User) => string | number | null;

const columns: readonly (readonly [name: string, cell: Cell])[] = [
  ['Username', ({ username }) => username],
  ['Full name', (user) => user.full_name],
  ['Device count', (user) => user.device_count],
  // Not `true`, which a spreadsheet turns into its own language’s word and saves so.
  ['Enabled', ({ enabled }) => (enabled ? 'yes' : 'no')],
  ['Last authentication', (user) => timeOf(user.last_authenticated_at)],
  ['Last onboarding', (user) => timeOf(user.last_onboarded_at)],
  ['Teams', ({ teams }) => joinTeams(teams)],
  ['Created at', (user) => timeOf(user.created_at)],
  ['Last updated at', (user) => timeOf(user.updated_at)],
  ['Email', ({ email }) => email],
  ['Phone', ({ phone }) => phone],
  ['External id', (user) => user.external_guid],
  ['Device limit', (user) => user.device_limit],
];

/** ISO 8601 in UTC. */
const timeOf = (at: User['created_at'] | null): string | null =>
  at === null ? null : new Date(at).toISOString();

const csvLine = (user: User): string =>
  `${columns.map(([, cell]) => csvCell(guard(String(cell(user) ?? '')))).join(',')}\r\n`;

const toObject = (user: User) => ({
  username: user.username,
  full_name: user.full_name,
  device_count: user.device_count,
  enabled: user.enabled,
  last_authenticated_at: timeOf(user.last_authenticated_at),
  last_onboarded_at: timeOf(user.last_onboarded_at),
  teams: user.teams,
  created_at: timeOf(user.created_at),
  updated_at: timeOf(user.updated_at),
  email: user.email,
  phone: user.phone,
  external_guid: user.external_guid,
  device_limit: user.device_limit,
});

interface Writer {
  readonly begin: string;
  line(user: User, isFirst: boolean): string;
  readonly end: string;
}

const writers: Readonly<Record<UserExportFormat, Writer>> = {
  csv: { begin: `${columns.map(([name]) => name).join(',')}\r\n`, line: csvLine, end: '' },
  jsonl: { begin: '', line: (user) => `${JSON.stringify(toObject(user))}\n`, end: '' },
  json: {
    begin: '[',
    line: (user, isFirst) => `${isFirst ? '\n' : ',\n'}${JSON.stringify(toObject(user))}`,
    end: '\n]\n',
  },
};

/**
 * Texts that follow each other. When the signal fires they break off with Unavailable: what ended quietly would pass for all users.
 * @param visible id of the only application that the caller may see; null for all. @throws Problem not_found
 */
export async function exportUsers(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  { application_id: applicationId, format }: { application_id: string; format: UserExportFormat },
  signal: StopSignal,
): Promise<AsyncIterable<string>> {
  if (visible !== null && visible !== applicationId) throw new Problem('not_found');
  const { read } = deps.db;
  const found = await read
    .selectFrom('applications')
    .select('id')
    .where('id', '=', applicationId)
    .executeTakeFirst();
  if (!found) throw new Problem('not_found');
  await deps.db.write((tx) =>
    recordAudit(tx, deps, {
      event: 'user.file_exported',
      actor,
      applicationId,
      subjectId: applicationId,
      data: { format },
    }),
  );
  return writePieces(read, applicationId, writers[format], signal);
}

async function* writePieces(
  read: Read,
  applicationId: string,
  { begin, line, end }: Writer,
  signal: StopSignal,
): AsyncGenerator<string> {
  let text = begin;
  let isFirst = true;
  for (let after = ''; ; ) {
    if (signal.aborted) throw new Unavailable('export', 'it was ended before it was whole');
    const rows = await selectAfter(read, applicationId, after);
    for (const user of await withSurroundings(read, rows)) {
      text += line(user, isFirst);
      isFirst = false;
    }
    const last = rows.at(-1);
    if (rows.length < pieceRows || !last) break;
    yield text;
    text = '';
    after = last.username_key;
    await setImmediate();
  }
  yield text + end;
}

const selectAfter = (read: Read, applicationId: string, after: string): Promise<UserRow[]> =>
  read
    .selectFrom('users')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('username_key', '>', after)
    .orderBy('username_key')
    .limit(pieceRows)
    .execute();
