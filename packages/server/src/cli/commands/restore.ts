// countersign restore: a backup into an empty database, with the server stopped. Then the audit trail is walked and its ends printed.
import type { Command } from 'commander';
import { databaseFile, lockDataDirectory, openDatabase } from '#app';
import { readEnd, verifyAudit, writeEnd } from '#core/audit/verify-audit.ts';
import { type RestoredBackup, restoreBackup } from '#core/backups/restore-backup.ts';
import { type Config, readConfig } from '#platform/config.ts';
import { systemRandom } from '#platform/random.ts';
import type { Vault } from '#platform/vault.ts';
import { openVaultFor } from '../backup-key.ts';
import { addCommand, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { tellProgress } from '../output/progress.ts';
import { showTime } from '../output/table.ts';
import { commandLog, consoleActor } from '../with-app.ts';

export function addRestore(parent: Command, context: Context): void {
  addCommand(parent, context, {
    usage: 'restore <file>',
    args: { file: 'A file that `countersign backup` wrote.' },
    summary:
      'Restore a backup into an empty database, SQLite or PostgreSQL, with the master key in its place and the server stopped.',
    examples: ['restore /var/backups/countersign-2026-03-01.csb'],
    run: ({ args: [file = ''] }) => restore(context, file),
  });
}

async function restore(context: Context, file: string): Promise<Result> {
  const { io } = context;
  const config = readConfig(io.env);
  const unlock = lockDataDirectory(config);
  try {
    return await restoreInto(context, config, file);
  } finally {
    unlock();
  }
}

async function restoreInto(context: Context, config: Config, file: string): Promise<Result> {
  const vault = await openVaultFor(config, file);
  const db = openDatabase(config, commandLog(context.io, config), { patient: true });
  try {
    const progress = tellProgress(context, 'restored');
    const sources = { clock: context.clock, random: systemRandom, auditChain: config.node };
    const restored = await restoreBackup({ ...sources, db, vault, progress }, consoleActor, file);
    return await present({ db, vault }, config, restored);
  } finally {
    await db.close();
  }
}

type VerifyDeps = Parameters<typeof verifyAudit>[0] & { readonly vault: Vault };

/** The restored trail must hold every end that the backup named. */
async function present(
  deps: VerifyDeps,
  config: Config,
  { header, rows, ended }: RestoredBackup,
): Promise<Result> {
  const expected = header.ends.flatMap((end) => readEnd(end) ?? []);
  const audit = await verifyAudit(deps, expected);
  const { cancelled_requests, withdrawn_links, dropped_tokens, ended_sessions } = ended;
  const where = config.databaseUrl === undefined ? databaseFile(config) : 'PostgreSQL';
  const sentences = [
    `Restored ${rows} rows of “${header.installation.name}” as of ${showTime(header.created_at)} into ${where}.`,
    `Ended what had been open then: ${cancelled_requests} pending requests cancelled, ${withdrawn_links} unused links withdrawn, ${dropped_tokens} access tokens dropped, ${ended_sessions} sessions ended.`,
    'Whatever was revoked, disabled or changed since then is as it was: do it again before the server starts.',
  ];
  const intact = audit.kind === 'intact';
  const verdict = intact
    ? ['The audit trail is intact; it ends at:', ...audit.ends.map(writeEnd)]
    : [`The audit trail is broken, and was so when the backup was made: ${audit.cause}.`];
  return {
    document: { rows, ...header, ended, audit },
    text: [...sentences, ...verdict, ''].join('\n'),
    exitCode: intact ? exitCodes.done : exitCodes.failed,
  };
}
