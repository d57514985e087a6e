// Reads a backup line by line, whatever its size, and says whether it is whole and written by this installation's key.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { BackupHeader, BackupTrailer } from '@countersign/contract/backup-models.ts';
import { equalInConstantTime } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import { BackupError, type BackupLine, formatVersion, readLine } from './backup-format.ts';

/** Called for every table and row, in order. */
export type TakeLine = (line: Extract<BackupLine, { kind: 'table' | 'row' }>) => Promise<void> | void;

export interface ReadBackup {
  readonly header: BackupHeader;
  readonly rows: number;
}

/** One row: an auth request with its steps, or evidence with its certificates, is a few thousand. */
const maxLineBytes = 16_000_000;

/** What the first line says; nothing else is read. @throws BackupError */
export async function readBackupHeader(file: string): Promise<BackupHeader> {
  let header: BackupHeader | undefined;
  await eachLine(file, (bytes) => {
    header = requireHeader(file, readLine(bytes.toString('utf8')));
    return 'enough';
  });
  if (!header) throw new BackupError(`The file ${file} is no backup of Countersign.`);
  return header;
}

/**
 * Reads the whole file. Whatever `take` did with it must be undone when this throws: only the last line tells that nothing was changed.
 * @throws BackupError when it is damaged, changed, of a newer form, or under another master key
 */
export async function readBackup(
  { vault }: { readonly vault: Vault },
  file: string,
  take: TakeLine = () => undefined,
): Promise<ReadBackup> {
  const digest = createHash('sha256');
  let header: BackupHeader | undefined;
  let trailer: BackupTrailer | undefined;
  let rows = 0;
  await eachLine(file, async (bytes) => {
    const line = readLine(bytes.toString('utf8'));
    if (header === undefined) {
      header = requireHeader(file, line);
      requireKey(file, header, vault);
    } else if (line === undefined || line.kind === 'header' || trailer) throw damaged(file, 'not readable');
    else if (line.kind === 'trailer') trailer = line.trailer;
    else await take(line);
    if (line?.kind === 'row') rows += 1;
    if (!trailer) digest.update(bytes);
    return undefined;
  });
  if (!header) throw new BackupError(`The file ${file} is no backup of Countersign.`);
  const sum = digest.digest('hex');
  if (!trailer) throw damaged(file, 'its end is missing');
  if (trailer.sha256 !== sum || trailer.rows !== rows) throw damaged(file, 'its checksum differs');
  if (!equalInConstantTime(trailer.mac, macOf(vault, sum)))
    throw new BackupError(
      `The backup ${file} was changed by somebody without the master key. Do not use it.`,
    );
  return { header, rows };
}

/** Proves that a holder of the master key wrote the backup with this checksum. */
export const macOf = (vault: Vault, sha256: string): string =>
  vault.mac('backup', sha256).toString('base64url');

const damaged = (file: string, cause: string): BackupError =>
  new BackupError(`The backup ${file} is damaged: ${cause}. Use another copy.`);

function requireHeader(file: string, line: BackupLine | undefined): BackupHeader {
  if (line?.kind !== 'header') throw new BackupError(`The file ${file} is no backup of Countersign.`);
  if (line.header.countersign_backup === formatVersion) return line.header;
  throw new BackupError(
    `The backup ${file} was made by a newer version of Countersign (${line.header.version}). Install that version.`,
  );
}

function requireKey(file: string, { key_id }: BackupHeader, vault: Vault): void {
  if (key_id === vault.keyId) return;
  throw new BackupError(
    `The backup ${file} belongs to the master key ${key_id}, but the one here is ${vault.keyId}. Put the right one in its place first.`,
  );
}

/** @param each gets a line with its line feed. */
async function eachLine(
  file: string,
  each: (line: Buffer) => Promise<'enough' | undefined> | 'enough' | undefined,
): Promise<void> {
  const source = createReadStream(file);
  const chunks = source.pipe(createGunzip());
  source.on('error', (error) => chunks.destroy(error));
  try {
    for await (const line of linesOf(file, chunks)) if ((await each(line)) === 'enough') return;
  } catch (error) {
    throw asBackupError(file, error);
  } finally {
    source.destroy();
  }
}

async function* linesOf(file: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      yield rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > maxLineBytes) throw damaged(file, 'a line has no end');
  }
  if (rest.length > 0) throw damaged(file, 'it ends in the middle of a line');
}

function asBackupError(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'Z_DATA_ERROR')
    return new BackupError(`The file ${file} is damaged, or no backup of Countersign.`);
  if (code.startsWith('Z_')) return damaged(file, 'its end is missing');
  if ('syscall' in error && (error.syscall === 'open' || error.syscall === 'read'))
    return new BackupError(`The backup ${file} cannot be read: ${error.message}.`);
  return error;
}
