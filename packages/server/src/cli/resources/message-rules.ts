// countersign sms-rules …, countersign mail-rules …: how many messages go out, and what they say.
import type { Command } from 'commander';
import type { z } from 'zod';
import { mailRules } from '#core/mail/mail-channel.ts';
import type { RuleBook } from '#core/messages/channel.ts';
import { changeRules, getRules } from '#core/messages/message-rules.ts';
import { smsRules } from '#core/sms/sms-channel.ts';
import { MailRulesChanges } from '@countersign/contract/mail-models.ts';
import { SmsRulesChanges } from '@countersign/contract/sms-models.ts';
import { addCommand, addGroup, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { fieldsOf } from '../fields/field.ts';
import { givenFields, optionsOf } from '../fields/options-of-fields.ts';
import { parseFields } from '../fields/parse-fields.ts';
import { renderRecord, type Shown } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';

interface Rules<Kept extends object, Schema extends z.ZodObject> {
  readonly group: string;
  readonly about: string;
  readonly of: string;
  readonly example: string;
  readonly book: RuleBook<Kept>;
  readonly schema: Schema & z.ZodType<{ readonly [Name in keyof Kept]?: Kept[Name] | undefined }>;
}

export const addSmsRules = (parent: Command, context: Context): void =>
  addRules(parent, context, {
    group: 'sms-rules',
    about: 'Where texts may go, how many, and what they say.',
    of: 'texts',
    example: '--allowed-prefix 49 --allowed-prefix 371 --total-day 500',
    book: smsRules,
    schema: SmsRulesChanges,
  });

export const addMailRules = (parent: Command, context: Context): void =>
  addRules(parent, context, {
    group: 'mail-rules',
    about: 'How many codes go by e-mail, and what they say.',
    of: 'codes by e-mail',
    example: '--address-hour 3 --total-day 500',
    book: mailRules,
    schema: MailRulesChanges,
  });

function addRules<Kept extends object, Schema extends z.ZodObject>(
  parent: Command,
  context: Context,
  { group: name, about, of, example, book, schema }: Rules<Kept, Schema>,
): void {
  const group = addGroup(parent, name, about, `${name} show`);
  addCommand(group, context, {
    usage: 'show',
    summary: `Show the rules for ${of}.`,
    examples: [`${name} show`],
    run: () => withApp(context, async (app) => asRecord(await getRules(app, book, everything))),
  });
  const fields = fieldsOf(schema);
  addCommand(group, context, {
    usage: 'change',
    summary: `Change the rules for ${of}; what is not given stays as it is.`,
    examples: [`${name} change ${example}`],
    options: fields.flatMap((field) => optionsOf(field, false)),
    fields,
    async run({ values }) {
      const given = givenFields(fields, values);
      if (Object.keys(given).length === 0) throw new UsageError('Nothing to change was given.');
      const changes = parseFields(schema, fields, given);
      return withApp(context, async (app) =>
        asRecord(await changeRules(app, book, consoleActor, everything, changes)),
      );
    },
  });
}

const asRecord = (document: Shown): Result => ({ document, text: renderRecord(document) });
