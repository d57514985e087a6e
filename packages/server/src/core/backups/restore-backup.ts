// Puts a backup into an empty database: in one transaction, so that a restore that is broken off leaves it as empty as it was.
import type { BackupHeader, BackupTable } from '@countersign/contract/backup-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { migrateWithin, newestSchema } from '#db/migrate.ts';
import { holdsNothing, insertRows } from '#db/snapshot.ts';
import { BackupError } from './backup-format.ts';
import { type EndedPast, endThePast } from './end-the-past.ts';
import { readBackup, readBackupHeader, type TakeLine } from './read-backup.ts';

export interface RestoreDeps extends AuditDeps {
  readonly db: Db;
  /** Told now and then how many rows there are so far. */
  readonly progress: (rows: number) => void;
}

export interface RestoredBackup {
  readonly header: BackupHeader;
  readonly rows: number;
  readonly ended: EndedPast;
}

const batchRows = 200;

/** @throws BackupError, in which case nothing was written; Unavailable */
export async function restoreBackup(deps: RestoreDeps, actor: Actor, file: string): Promise<RestoredBackup> {
  await checkBackup(deps, file);
  return deps.db.write(async (tx) => {
    if (!(await holdsNothing(tx, deps.db.dialect)))
      throw new BackupError(
        'The database is not empty, and a restore replaces nothing. Move the old one away, or name an empty one.',
      );
    const { header, rows } = await insertAll(tx, deps, file);
    const ended = await endThePast(tx, deps, actor);
    await recordAudit(tx, deps, {
      event: 'installation.restored',
      actor,
      subjectId: header.installation.id,
      data: { backup_created_at: header.created_at, ...ended },
    });
    return { header, rows, ended };
  });
}

/** Reads it to the end without touching any database. @throws BackupError when it is not one that could be restored here */
export async function checkBackup(
  deps: Pick<RestoreDeps, 'vault'>,
  file: string,
): Promise<{ readonly header: BackupHeader; readonly rows: number }> {
  const { schema, version } = await readBackupHeader(file);
  if (schema > newestSchema)
    throw new BackupError(
      `The backup ${file} was made by a newer version of Countersign (${version}, schema ${schema}; this one knows ${newestSchema}). Install that version.`,
    );
  return readBackup(deps, file);
}

async function insertAll(tx: Tx, deps: RestoreDeps, file: string) {
  const { dialect } = deps.db;
  const { schema } = await readBackupHeader(file);
  await migrateWithin(tx, dialect, schema);
  let table: BackupTable | undefined;
  let batch: (readonly unknown[])[] = [];
  let total = 0;
  const flush = async (): Promise<void> => {
    if (table) await insertRows(tx, table, batch);
    total += batch.length;
    batch = [];
    deps.progress(total);
  };
  const take: TakeLine = async (line) => {
    if (line.kind === 'table') {
      await flush();
      ({ table } = line);
    } else {
      batch.push(line.row);
      if (batch.length >= batchRows) await flush();
    }
  };
  const read = await readBackup(deps, file, take);
  await flush();
  // Only now, since they change what the rows of an older version look like.
  await migrateWithin(tx, dialect, newestSchema);
  return read;
}
