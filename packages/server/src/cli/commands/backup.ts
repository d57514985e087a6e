// countersign backup: the whole database in one file, as it is at one moment; the server may go on. The master key is not in it.
import type { Command } from 'commander';
import { openDatabase, openVault } from '#app';
import { readBackup } from '#core/backups/read-backup.ts';
import { type WrittenBackup, writeBackup } from '#core/backups/write-backup.ts';
import { type Config, readConfig } from '#platform/config.ts';
import { prepareDataDirectory } from '#platform/data-directory.ts';
import { systemRandom } from '#platform/random.ts';
import { readVersion } from '#platform/version.ts';
import { openVaultFor } from '../backup-key.ts';
import { addCommand, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { showTime } from '../output/table.ts';
import { tellProgress } from '../output/progress.ts';
import { commandLog, refuseWithoutInstallation } from '../with-app.ts';

export function addBackup(parent: Command, context: Context): void {
  const command = addCommand(parent, context, {
    usage: 'backup <file>',
    args: { file: 'Where to write it; must not exist yet.' },
    summary:
      'Back the whole database up into one file, beside the running server. The master key is not in it.',
    examples: ['backup /var/backups/countersign-2026-03-01.csb'],
    run: ({ args: [file = ''] }) => backUp(context, file),
  });
  addCommand(command, context, {
    usage: 'verify <file>',
    args: { file: 'A file that `countersign backup` wrote.' },
    summary:
      'Read a backup to its end: exit code 0 when it is whole, unchanged and under the master key here.',
    examples: ['backup verify /var/backups/countersign-2026-03-01.csb'],
    async run({ args: [file = ''] }) {
      const vault = await openVaultFor(readConfig(context.io.env), file);
      const read = await readBackup({ vault }, file);
      return present(read, `The backup ${file} is whole and unchanged`);
    },
  });
}

async function backUp(context: Context, file: string): Promise<Result> {
  const { io, clock } = context;
  const config = readConfig(io.env);
  refuseWithoutInstallation(config);
  prepareDataDirectory(config.dataDirectory);
  const vault = openVault(config);
  // As it is: before an update, the backup must not be what changes the database.
  const db = openDatabase(config, commandLog(io, config));
  const progress = tellProgress(context, 'backed up');
  try {
    const deps = { db, vault, clock, random: systemRandom, version: readVersion(), progress };
    const written = await writeBackup(deps, file);
    return { ...present(written, `Wrote ${file}`), note: keyNote(config, vault.keyId) };
  } finally {
    await db.close();
  }
}

const keyNote = ({ masterKeyFile }: Config, keyId: string): string =>
  `The master key (${keyId}) is not in it. Keep a copy of ${masterKeyFile} in another place: without it the backup is of no use.`;

function present({ header, rows }: WrittenBackup, what: string): Result {
  const { installation, created_at, schema, key_id, ends } = header;
  const lines = [
    `${what}: ${rows} rows of “${installation.name}” as of ${showTime(created_at)}, schema ${schema}, master key ${key_id}.`,
    ...ends,
    '',
  ];
  return { document: { rows, ...header }, text: lines.join('\n') };
}
