// countersign setup-link: a new way in for the first administrator; earlier links stop working.
import type { Command } from 'commander';
import { createSetupLink, linkOf } from '#core/administrators/setup-link.ts';
import { addCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { showTime } from '../output/table.ts';
import { consoleActor, withApp } from '../with-app.ts';

export function addSetupLink(parent: Command, context: Context): void {
  addCommand(parent, context, {
    usage: 'setup-link',
    summary: 'Make a setup link: it works once and makes an owner, an administrator who may do everything.',
    examples: ['setup-link'],
    run: () =>
      withApp(context, async (app) => {
        const { token, expiresAt } = await createSetupLink(app, consoleActor);
        const link = linkOf(app.publicUrl, 'setup', token);
        return {
          document: { link, expires_at: expiresAt },
          text: `${link}\n\nIt works once, until ${showTime(expiresAt)}. Earlier setup links no longer work.\n`,
        };
      }),
  });
}
