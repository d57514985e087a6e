// countersign sms-gateways …, countersign mail-gateways …: who sends messages, in order.
import { type Command, Option } from 'commander';
import type { z } from 'zod';
import type { App } from '#app';
import { createMailGateways } from '#connectors/mail/mail-gateways.ts';
import { createSmsGateways } from '#connectors/sms/sms-gateways.ts';
import { createMailCourier, mailGateways } from '#core/mail/mail-channel.ts';
import { testMail } from '#core/mail/test-mail.ts';
import { changeGateway, type GatewayChanges } from '#core/messages/change-gateway.ts';
import type { GatewayChannel } from '#core/messages/channel.ts';
import { createGateway, type NewGateway } from '#core/messages/create-gateway.ts';
import { deleteGateway } from '#core/messages/delete-gateway.ts';
import { getGateway, listGateways, orderGateways } from '#core/messages/list-gateways.ts';
import { createSmsCourier, readNewSmsGateway, smsGateways } from '#core/sms/sms-channel.ts';
import { testSms } from '#core/sms/test-sms.ts';
import { MailGatewayChanges, MailTest, NewMailGateway } from '@countersign/contract/mail-models.ts';
import { messageFailures } from '@countersign/contract/message-failures.ts';
import type { MessageTestResult, ShownGateway } from '@countersign/contract/message-models.ts';
import { SmsGatewayChanges, SmsGatewayFields, SmsTest } from '@countersign/contract/sms-models.ts';
import { addCommand, addGroup, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { renderTable } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { findMailGatewayId, findSmsGatewayId, mailGatewayNaming, smsGatewayNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addList, addShow, type Thing } from './verbs.ts';

interface Asked {
  readonly to: string;
  readonly gateway_id?: string | undefined;
}

interface Kind<Gateway extends ShownGateway, New extends z.ZodObject, Changes extends z.ZodObject> {
  readonly thing: Thing;
  readonly about: string;
  readonly channel: GatewayChannel<Gateway>;
  readonly create: {
    readonly schema: New;
    readonly example: string;
    read(fields: z.output<New>): NewGateway;
  };
  readonly changes: Changes & z.ZodType<GatewayChanges>;
  readonly columns: readonly (keyof Gateway & string)[];
  readonly test: Test;
  find(app: App, text: string): Promise<string>;
}

interface Test {
  readonly argument: string;
  readonly what: string;
  readonly sample: string;
  readonly summary: string;
  /** What is wrong with whom it is to go to; undefined: nothing. */
  fault(to: string): string | undefined;
  run(app: App, asked: Asked, signal: AbortSignal): Promise<MessageTestResult>;
}

export const addSmsGateways = (parent: Command, context: Context): void =>
  addGateways(parent, context, {
    thing: {
      noun: 'SMS gateway',
      plural: 'SMS gateways',
      group: 'sms-gateways',
      naming: smsGatewayNaming,
      sample: 'kannel',
    },
    about: 'Who sends texts, in order.',
    channel: smsGateways,
    create: {
      schema: SmsGatewayFields,
      example: '--name smsc --kind smpp --host smsc.example.net --user countersign --password-prompt',
      read: readNewSmsGateway,
    },
    changes: SmsGatewayChanges,
    columns: ['sender'],
    test: {
      argument: 'number',
      what: 'Such as +491701234567.',
      sample: '+491701234567',
      summary: 'Send a text without a code, and show what each gateway said.',
      fault: (to) =>
        SmsTest.safeParse({ to }).success
          ? undefined
          : 'The number must be an international one such as +491701234567.',
      async run(app, asked, signal) {
        const smsCourier = createSmsCourier(app, createSmsGateways(app));
        try {
          return await testSms({ ...app, smsCourier }, consoleActor, everything, asked, signal);
        } finally {
          await smsCourier.close();
        }
      },
    },
    find: findSmsGatewayId,
  });

export const addMailGateways = (parent: Command, context: Context): void =>
  addGateways(parent, context, {
    thing: {
      noun: 'mail gateway',
      plural: 'mail gateways',
      group: 'mail-gateways',
      naming: mailGatewayNaming,
      sample: 'relay',
    },
    about: 'Who sends e-mail, in order.',
    channel: mailGateways,
    create: {
      schema: NewMailGateway,
      example:
        '--name relay --host smtp.example.com --from mfa@example.com --user countersign --password-prompt',
      read: (fields) => fields,
    },
    changes: MailGatewayChanges,
    columns: ['host', 'from'],
    test: {
      argument: 'address',
      what: 'Such as you@example.com.',
      sample: 'you@example.com',
      summary: 'Send a message without a code, and show what each gateway said.',
      fault: (to) =>
        MailTest.safeParse({ to }).success
          ? undefined
          : 'The address must be an e-mail address such as you@example.com.',
      run: (app, asked, signal) => {
        const mailCourier = createMailCourier(app, createMailGateways());
        return testMail({ ...app, mailCourier }, consoleActor, everything, asked, signal);
      },
    },
    find: findMailGatewayId,
  });

function addGateways<Gateway extends ShownGateway, New extends z.ZodObject, Changes extends z.ZodObject>(
  parent: Command,
  context: Context,
  kind: Kind<Gateway, New, Changes>,
): void {
  const { thing, channel } = kind;
  const group = addGroup(parent, thing.group, kind.about, `${thing.group} list`);
  addCreate(group, context, thing, {
    schema: kind.create.schema,
    example: kind.create.example,
    create: (app, input) => createGateway(app, channel, consoleActor, everything, kind.create.read(input)),
  });
  addList(group, context, thing, {
    columns: [
      'position',
      'id',
      'name',
      'kind',
      'enabled',
      ...kind.columns,
      'last_accepted_at',
      'last_failed_at',
      'last_failure',
    ],
    list: async (app) => ({ ...(await listGateways(app, channel, everything)), nextCursor: null }),
  });
  const show = (app: App, id: string) => getGateway(app, channel, everything, id);
  addShow(group, context, thing, show);
  addChange(group, context, thing, {
    schema: kind.changes,
    example: '--timeout-ms 3000 --no-enabled',
    change: (app, id, changes) => changeGateway(app, channel, consoleActor, everything, id, changes),
  });
  addDelete(group, context, thing, {
    summary: `Delete ${thing.noun === 'SMS gateway' ? 'an' : 'a'} ${thing.noun}.`,
    done: 'deleted',
    show,
    warning: ({ name }) => `This deletes the ${thing.noun} “${String(name)}”.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteGateway(app, channel, consoleActor, everything, id),
  });
  addOrder(group, context, kind);
  addTest(group, context, kind);
}

type AnyKind<Gateway extends ShownGateway> = Pick<
  Kind<Gateway, z.ZodObject, z.ZodObject>,
  'thing' | 'channel' | 'find'
>;

function addOrder<Gateway extends ShownGateway>(
  group: Command,
  context: Context,
  { thing, channel, find }: AnyKind<Gateway>,
): void {
  const argument = `${thing.group}...`;
  addCommand(group, context, {
    usage: `order <${argument}>`,
    args: { [argument]: 'All of them, by id or name, in the order in which they are to be asked.' },
    summary: `Set the order in which ${thing.plural} are asked.`,
    examples: [`${thing.group} order ${thing.sample} other`],
    run: ({ args }) =>
      withApp(context, async (app) => {
        const ids = await Promise.all(args.flat().map((name) => find(app, name)));
        const document = await orderGateways(app, channel, consoleActor, everything, ids);
        return { document, text: renderTable(['position', 'id', 'name', 'kind', 'enabled'], document.items) };
      }),
  });
}

function addTest<Gateway extends ShownGateway>(
  group: Command,
  context: Context,
  { thing, find, test }: AnyKind<Gateway> & { readonly test: Test },
): void {
  const only = thing.group.replace(/s$/, '');
  const key = only.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  addCommand(group, context, {
    usage: `test <${test.argument}>`,
    args: { [test.argument]: test.what },
    summary: test.summary,
    examples: [
      `${thing.group} test ${test.sample}`,
      `${thing.group} test ${test.sample} --${only} ${thing.sample}`,
    ],
    options: [new Option(`--${only} <id or name>`, 'Only this one, also when it is off.')],
    async run({ args: [to = ''], values }) {
      const fault = test.fault(to);
      if (fault !== undefined) throw new UsageError(fault);
      const name = textOf(values[key]);
      return withApp(context, async (app) => {
        const asked = { to, ...(name === undefined ? {} : { gateway_id: await find(app, name) }) };
        return tested(await test.run(app, asked, new AbortController().signal));
      });
    },
  });
}

function tested(document: MessageTestResult): Result {
  const rows = document.tried.map(({ gateway, accepted, failure, detail }) => ({
    gateway,
    result: accepted ? 'accepted' : messageFailures[failure ?? 'refused'],
    said: detail,
  }));
  const text =
    rows.length === 0 ? `${messageFailures.no_gateway}\n` : renderTable(['gateway', 'result', 'said'], rows);
  return { document, text, exitCode: document.accepted ? exitCodes.done : exitCodes.failed };
}
