// Reads a file of users into pieces that can be imported later, and tells what importing them would do. Nothing of the users changes.
import { createHash } from 'node:crypto';
import { userFileLimits as limits, type UserFileFormat } from '@countersign/contract/user-files.ts';
import type { Db } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import { compareUsers, disables, kindOf } from './compare-users.ts';
import { readCsv } from './csv-text.ts';
import { FileFailure } from './file-failure.ts';
import { type FileUser, readUser, type RawUser, type UserField } from './file-user.ts';
import { writePiece } from './import-store.ts';
import { readJson } from './json-text.ts';
import { addError, pieceRows, type Progress, refuseCancelled } from './user-import.ts';
import { type Columns, columnNames, readCells, readColumns } from './user-columns.ts';
import { readObject } from './user-objects.ts';

interface ReadDeps {
  readonly db: Db;
  readonly vault: Vault;
}

/** @param progress is counted up; its state is left to the caller. @throws FileFailure, Unavailable */
export async function readUserFile(
  deps: ReadDeps,
  progress: Progress,
  file: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const digest = createHash('sha256');
  const taken = takeBytes(file, progress, (piece) => digest.update(piece), signal);
  const pieces = createPieces(deps, progress);
  for await (const user of usersOf(progress.format, taken, progress)) await pieces.add(user);
  await pieces.flush();
  if (progress.rows === 0) throw new FileFailure('empty');
  progress.file_digest = digest.digest('base64url');
}

async function* takeBytes(
  file: AsyncIterable<Uint8Array>,
  progress: Progress,
  taken: (piece: Uint8Array) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of file) {
    refuseCancelled(signal);
    progress.bytes_read += piece.length;
    if (progress.bytes_read > limits.bytes) throw new FileFailure('file_too_large');
    taken(piece);
    yield piece;
  }
}

/** Those without fault; the others are counted. */
async function* usersOf(
  format: UserFileFormat,
  bytes: AsyncIterable<Uint8Array>,
  progress: Progress,
): AsyncGenerator<FileUser> {
  const keys = new Set<string>();
  const rows = format === 'csv' ? csvUsers(bytes, progress) : jsonUsers(bytes, progress);
  for await (const { line, raw } of rows) {
    progress.rows += 1;
    if (progress.rows > limits.rows) throw new FileFailure('too_many_rows', line);
    const { user, faults, phoneCompleted } = typeof raw === 'string' ? rowFault(raw) : readUser(line, raw);
    const all = user && keys.has(user.key) ? rowFault('username_twice').faults : faults;
    for (const { field, code } of all)
      addError(progress, code, {
        line,
        username: told(raw, 'username'),
        column: field === null ? null : nameOf(progress.format, field),
        value: told(raw, field),
      });
    if (all.length > 0 || !user) {
      progress.failed += 1;
      continue;
    }
    keys.add(user.key);
    if (phoneCompleted) progress.phones_completed += 1;
    yield user;
  }
}

/** What the row says there, as text. A password is nobody's to read, not even a wrong one. */
function told(raw: RawUser | string, field: UserField | null): string {
  if (typeof raw === 'string' || field === null || field === 'password') return '';
  const value = raw[field];
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type Rows = AsyncGenerator<{
  readonly line: number;
  readonly raw: RawUser | Exclude<ReturnType<typeof readCells>, RawUser>;
}>;

const rowFault = (code: Exclude<ReturnType<typeof readCells>, RawUser>) => ({
  user: undefined,
  faults: [{ field: code === 'username_twice' ? ('username' as const) : null, code }],
  phoneCompleted: false,
});

const nameOf = (format: UserFileFormat, field: keyof typeof columnNames): string =>
  format === 'csv' ? columnNames[field] : field;

async function* csvUsers(bytes: AsyncIterable<Uint8Array>, progress: Progress): Rows {
  let columns: Columns | undefined;
  for await (const { line, cells } of readCsv(bytes)) {
    if (columns) {
      yield { line, raw: readCells(columns, cells) };
      continue;
    }
    columns = readColumns(cells, line);
    progress.columns = columns.fields.flatMap((field) => (field === undefined ? [] : columnNames[field]));
    progress.ignored_columns = [...columns.ignored];
  }
}

async function* jsonUsers(bytes: AsyncIterable<Uint8Array>, progress: Progress): Rows {
  const fields = new Set<string>();
  const ignored = new Set<string>();
  for await (const { line, value } of readJson(bytes)) {
    const found = readObject(value);
    for (const field of found.fields) fields.add(field);
    for (const name of found.ignored) if (ignored.size < limits.columns) ignored.add(name);
    if (progress.columns.length < fields.size) progress.columns = [...fields];
    if (progress.ignored_columns.length < ignored.size) progress.ignored_columns = [...ignored];
    yield { line, raw: found.raw };
  }
}

function createPieces({ db, vault }: ReadDeps, progress: Progress) {
  let piece: FileUser[] = [];
  let number = 0;
  const flush = async (): Promise<void> => {
    if (piece.length === 0) return;
    const users = piece;
    piece = [];
    await tellWhatWouldChange(db, progress, users);
    const row = writePiece(vault, progress.id, number, users);
    number += 1;
    progress.passwords += row.passwords;
    await db.write((tx) => tx.insertInto('user_import_pieces').values(row).execute());
  };
  return {
    flush,
    async add(user: FileUser): Promise<void> {
      piece.push(user);
      if (piece.length >= pieceRows) await flush();
    },
  };
}

async function tellWhatWouldChange(db: Db, progress: Progress, users: readonly FileUser[]): Promise<void> {
  for (const compared of await compareUsers(db.read, progress.application_id, users)) {
    const change = kindOf(compared);
    const { user } = compared;
    progress[change] += 1;
    if (disables(compared)) progress.disabled += 1;
    if (progress.sample.length >= limits.sample) continue;
    progress.sample.push({
      line: user.line,
      change,
      username: user.username,
      full_name: user.full_name ?? null,
      email: user.email ?? null,
      phone: user.phone ?? null,
      teams: user.teams ? [...user.teams] : null,
      enabled: user.enabled ?? null,
      has_password: user.password !== undefined,
    });
  }
}
