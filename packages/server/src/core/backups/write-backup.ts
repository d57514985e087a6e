// Writes a backup of the whole database as it is at one moment, beside servers at work. As a whole or not at all: into a file of
// another name, which gets its own only once everything is on the disk. The master key is not in it.
import { createHash } from 'node:crypto';
import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { BackupHeader } from '@countersign/contract/backup-models.ts';
import { writeEnd } from '#core/audit/verify-audit.ts';
import type { Db, Read } from '#db/db.ts';
import { readSchemaNumber, readSnapshot, readTables } from '#db/snapshot.ts';
import type { Clock } from '#platform/clock.ts';
import { Unavailable } from '#platform/problem.ts';
import type { Random } from '#platform/random.ts';
import type { Vault } from '#platform/vault.ts';
import { BackupError, formatVersion, writeRow } from './backup-format.ts';
import { macOf } from './read-backup.ts';

export interface WriteBackupDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
  /** Of this program. */
  readonly version: string;
  /** Told now and then how many rows there are so far. */
  readonly progress: (rows: number) => void;
}

export interface WrittenBackup {
  readonly header: BackupHeader;
  readonly rows: number;
}

/** @param file must not exist yet. @throws BackupError, Unavailable */
export async function writeBackup(deps: WriteBackupDeps, file: string): Promise<WrittenBackup> {
  if (existsSync(file)) throw new BackupError(`The file ${file} exists already. Choose another name.`);
  const folder = dirname(file);
  if (!existsSync(folder))
    throw new BackupError(
      `The backup ${file} cannot be written: there is no folder ${folder}. Make it first, for this account alone.`,
    );
  const unfinished = `${file}.${Buffer.from(deps.random.bytes(6)).toString('hex')}.unfinished`;
  try {
    const written = await readSnapshot(deps.db, (read) => writeAll(deps, read, unfinished));
    renameSync(unfinished, file);
    flushDirectory(folder);
    return written;
  } catch (error) {
    throw asBackupError(file, error);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

async function writeAll(deps: WriteBackupDeps, read: Read, file: string): Promise<WrittenBackup> {
  const header = await headerOf(deps, read);
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    const digest = createHash('sha256');
    const told = (text: string): string => {
      digest.update(text);
      return text;
    };
    yield told(`${JSON.stringify(header)}\n`);
    for await (const { table, columns, batches } of readTables(read, deps.db.dialect)) {
      yield told(`${JSON.stringify({ table, columns })}\n`);
      for await (const batch of batches) {
        yield told(batch.map((row) => writeRow(row, table)).join(''));
        rows += batch.length;
        deps.progress(rows);
      }
    }
    const sha256 = digest.digest('hex');
    yield `${JSON.stringify({ end: true, rows, sha256, mac: macOf(deps.vault, sha256) })}\n`;
  }
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(Readable.from(lines()), createGzip({ level: 6 }), target);
  return { header, rows };
}

/** @throws BackupError when there is no installation, or the master key is not its own */
async function headerOf({ db, vault, clock, version }: WriteBackupDeps, read: Read): Promise<BackupHeader> {
  const schema = await readSchemaNumber(read, db.dialect);
  const installation =
    schema === undefined
      ? undefined
      : await read.selectFrom('installation').select(['id', 'name', 'key_id']).executeTakeFirst();
  if (schema === undefined || !installation)
    throw new BackupError('There is no installation in this database; there is nothing to back up.');
  const { id, name, key_id } = installation;
  if (key_id !== vault.keyId)
    throw new BackupError(
      `This database was made with the master key ${key_id}, but the one here is ${vault.keyId}. Put the right one back first.`,
    );
  const ends = await read
    .selectFrom('audit_heads')
    .select(['chain', 'sequence', 'hash'])
    .where('sequence', '>', 0)
    .orderBy('chain')
    .execute();
  return {
    countersign_backup: formatVersion,
    schema,
    version,
    created_at: clock.now(),
    installation: { id, name },
    key_id,
    ends: ends.map(writeEnd),
  };
}

/** A new name in a directory is durable only once the directory is. */
function flushDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function asBackupError(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Unavailable || !('syscall' in error)) return error;
  return new BackupError(`The backup ${file} cannot be written: ${error.message}.`);
}
