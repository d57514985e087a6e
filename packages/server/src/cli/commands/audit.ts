// countersign audit …: what happened, and whether anybody changed the record of it.
import { type Command, Option } from 'commander';
import { listAuditEvents } from '#core/audit/list-audit-events.ts';
import { verifyAudit } from '#core/audit/verify-audit.ts';
import { auditEvents } from '@countersign/contract/audit-events.ts';
import { addCommand, addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { addList } from '../resources/verbs.ts';
import { everything, withApp } from '../with-app.ts';

export function addAudit(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'audit',
    'The audit trail: who changed or decided what, and when.',
    'audit list',
  );
  addList(
    group,
    context,
    { group: 'audit', plural: 'audit events' },
    {
      columns: ['at', 'event', 'actor_kind', 'actor_id', 'subject_id', 'data'],
      example: '--event user.created --limit 20',
      options: () => [
        new Option('--event <name>', 'Only events of this kind.')
          .choices(Object.keys(auditEvents))
          .argParser(String),
      ],
      filter: async (_app, { event }) => (event === undefined ? {} : { event }),
      list: (app, query) => listAuditEvents(app, everything, query),
    },
  );
  addCommand(group, context, {
    usage: 'verify',
    summary: 'Check that no audit event was changed, cut out, added or swapped. Exit code 1 if one was.',
    examples: ['audit verify'],
    run: () =>
      withApp(context, async (app) => {
        const verdict = await verifyAudit(app);
        if (verdict.kind === 'intact') {
          const text = `Intact: ${verdict.events} events in ${verdict.chains} ${verdict.chains === 1 ? 'chain' : 'chains'}.\n`;
          return { document: verdict, text };
        }
        const text = `Broken: event ${verdict.sequence} of chain “${verdict.chain}”: ${verdict.cause}.\n`;
        return { document: verdict, text, exitCode: exitCodes.failed };
      }),
  });
}
