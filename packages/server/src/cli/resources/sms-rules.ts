// countersign sms-rules …: where texts may go, how many, and what they say.
import type { Command } from 'commander';
import { changeSmsRules, getSmsRules } from '#core/sms/sms-rules.ts';
import { type SmsRules, SmsRulesChanges } from '@countersign/contract/sms-models.ts';
import { addCommand, addGroup, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { fieldsOf } from '../fields/field.ts';
import { givenFields, optionsOf } from '../fields/options-of-fields.ts';
import { parseFields } from '../fields/parse-fields.ts';
import { renderRecord } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';

export function addSmsRules(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'sms-rules',
    'Where texts may go, how many, and what they say.',
    'sms-rules show',
  );
  addCommand(group, context, {
    usage: 'show',
    summary: 'Show the rules for texts.',
    examples: ['sms-rules show'],
    run: () => withApp(context, async (app) => asRecord(await getSmsRules(app, everything))),
  });
  const fields = fieldsOf(SmsRulesChanges);
  addCommand(group, context, {
    usage: 'change',
    summary: 'Change the rules for texts; what is not given stays as it is.',
    examples: ['sms-rules change --allowed-prefix 49 --allowed-prefix 371 --total-day 500'],
    options: fields.flatMap((field) => optionsOf(field, false)),
    fields,
    async run({ values }) {
      const given = givenFields(fields, values);
      if (Object.keys(given).length === 0) throw new UsageError('Nothing to change was given.');
      const changes = parseFields(SmsRulesChanges, fields, given);
      return withApp(context, async (app) =>
        asRecord(await changeSmsRules(app, consoleActor, everything, changes)),
      );
    },
  });
}

const asRecord = (document: SmsRules): Result => ({ document, text: renderRecord(document) });
