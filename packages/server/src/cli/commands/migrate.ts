// countersign migrate: brings the schema up to date without starting the server, for instance before several nodes are updated.
import type { Command } from 'commander';
import { bringUpToDate, openDatabase } from '#app';
import { readConfig } from '#platform/config.ts';
import { prepareDataDirectory } from '#platform/data-directory.ts';
import { addCommand, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { commandLog } from '../with-app.ts';

export function addMigrate(parent: Command, context: Context): void {
  addCommand(parent, context, {
    usage: 'migrate',
    summary: 'Bring the database’s schema up to date. `serve` does it too; only ever forward.',
    examples: ['migrate'],
    run: () => runMigrations(context),
  });
}

async function runMigrations({ io }: Context): Promise<Result> {
  const config = readConfig(io.env);
  prepareDataDirectory(config.dataDirectory);
  const db = openDatabase(config, commandLog(io, config));
  try {
    const ran = await bringUpToDate(config, commandLog(io, config), db);
    const text = ran.length === 0 ? 'The schema is up to date.\n' : `Ran ${ran.join(', ')}.\n`;
    return { document: { ran }, text };
  } finally {
    await db.close();
  }
}
