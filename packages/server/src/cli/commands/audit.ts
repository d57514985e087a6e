// countersign audit …: what happened, and whether anybody changed the record of it.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { listAuditEvents } from '#core/audit/list-audit-events.ts';
import type { ChainEnd } from '#core/audit/audit-head.ts';
import { type AuditVerdict, readEnd, verifyAudit, writeEnd } from '#core/audit/verify-audit.ts';
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
        new Option('--event <name>', 'Only events of this kind.').choices(Object.keys(auditEvents)),
      ],
      filter: async (_app, { event }) => (event === undefined ? {} : { event }),
      list: (app, query) => listAuditEvents(app, everything, query),
    },
  );
  addCommand(group, context, {
    usage: 'verify',
    summary:
      'Check that no audit event was changed, cut out, added or swapped, and print where each chain ends. Exit code 1 if one was.',
    examples: ['audit verify', `audit verify --expect main:1207:${'A'.repeat(43)}`],
    options: [
      new Option(
        '--expect <chain:sequence:hash>',
        'An end that an earlier run printed and you kept elsewhere: finds a database that was set back. May be given several times.',
      ).argParser(collectEnds),
    ],
    run: ({ values }) =>
      withApp(context, async (app) => {
        const verdict = await verifyAudit(app, (values.expect ?? []) as readonly ChainEnd[]);
        const exitCode = verdict.kind === 'intact' ? exitCodes.done : exitCodes.failed;
        return { document: verdict, text: describe(verdict), exitCode };
      }),
  });
}

function collectEnds(value: string, before: readonly ChainEnd[] | undefined): readonly ChainEnd[] {
  const end = readEnd(value);
  if (!end)
    throw new InvalidArgumentError('It must be a line that audit verify printed: CHAIN:SEQUENCE:HASH.');
  return [...(before ?? []), end];
}

function describe(verdict: AuditVerdict): string {
  if (verdict.kind === 'intact') {
    const { events, chains, ends } = verdict;
    const title = `Intact: ${events} events in ${chains} ${chains === 1 ? 'chain' : 'chains'}.`;
    return [title, ...ends.map(writeEnd), ''].join('\n');
  }
  const { chain, sequence, cause } = verdict;
  return chain === null
    ? `Broken: ${cause}.\n`
    : `Broken: event ${sequence} of chain “${chain}”: ${cause}.\n`;
}
