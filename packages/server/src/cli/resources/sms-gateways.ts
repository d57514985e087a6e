// countersign sms-gateways …
import { type Command, Option } from 'commander';
import type { App } from '#app';
import { createSmsGateways } from '#connectors/sms/sms-gateways.ts';
import { changeSmsGateway } from '#core/sms/change-sms-gateway.ts';
import { createSmsGateway, readNewGateway } from '#core/sms/create-sms-gateway.ts';
import { createGatewayRest } from '#core/sms/deliver-text.ts';
import { deleteSmsGateway } from '#core/sms/delete-sms-gateway.ts';
import { getSmsGateway, listSmsGateways, orderSmsGateways } from '#core/sms/list-sms-gateways.ts';
import { testSms } from '#core/sms/test-sms.ts';
import {
  SmsGatewayChanges,
  SmsGatewayFields,
  smsFailures,
  SmsTest,
  type SmsTestResult,
} from '@countersign/contract/sms-models.ts';
import { addCommand, addGroup, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { renderTable } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { findSmsGatewayId, smsGatewayNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addList, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'SMS gateway',
  plural: 'SMS gateways',
  group: 'sms-gateways',
  naming: smsGatewayNaming,
  sample: 'kannel',
};

export function addSmsGateways(parent: Command, context: Context): void {
  const group = addGroup(parent, thing.group, 'Who sends texts, in order.', 'sms-gateways list');
  addCreate(group, context, thing, {
    schema: SmsGatewayFields,
    example: '--name smsc --kind smpp --host smsc.example.net --user countersign --password-prompt',
    create: (app, input) => createSmsGateway(app, consoleActor, everything, readNewGateway(input)),
  });
  addList(group, context, thing, {
    columns: [
      'position',
      'id',
      'name',
      'kind',
      'enabled',
      'sender',
      'last_accepted_at',
      'last_failed_at',
      'last_failure',
    ],
    list: async (app) => ({ ...(await listSmsGateways(app, everything)), nextCursor: null }),
  });
  addShow(group, context, thing, (app, id) => getSmsGateway(app, everything, id));
  addChange(group, context, thing, {
    schema: SmsGatewayChanges,
    example: '--timeout-ms 3000 --no-enabled',
    change: (app, id, changes) => changeSmsGateway(app, consoleActor, everything, id, changes),
  });
  addDelete(group, context, thing, {
    summary: 'Delete an SMS gateway.',
    done: 'deleted',
    show: (app, id) => getSmsGateway(app, everything, id),
    warning: ({ name }) => `This deletes the SMS gateway “${String(name)}”.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteSmsGateway(app, consoleActor, everything, id),
  });
  addOrder(group, context);
  addTest(group, context);
}

function addOrder(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'order <sms-gateways...>',
    args: { 'sms-gateways...': 'All of them, by id or name, in the order in which they are to be asked.' },
    summary: 'Set the order in which SMS gateways are asked.',
    examples: ['sms-gateways order smsc kannel'],
    run: ({ args }) =>
      withApp(context, async (app) => {
        const ids = await Promise.all(args.flat().map((name) => findSmsGatewayId(app, name)));
        const document = await orderSmsGateways(app, consoleActor, everything, ids);
        return { document, text: renderTable(['position', 'id', 'name', 'kind', 'enabled'], document.items) };
      }),
  });
}

function addTest(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'test <number>',
    args: { number: 'Such as +491701234567.' },
    summary: 'Send a text without a code, and show what each gateway said.',
    examples: ['sms-gateways test +491701234567', 'sms-gateways test +491701234567 --sms-gateway kannel'],
    options: [new Option('--sms-gateway <id or name>', 'Only this one, also when it is off.')],
    async run({ args: [to = ''], values }) {
      if (!SmsTest.safeParse({ to }).success)
        throw new UsageError('The number must be an international one such as +491701234567.');
      const name = textOf(values.smsGateway);
      return withApp(context, async (app) => {
        const only = name === undefined ? {} : { gateway_id: await findSmsGatewayId(app, name) };
        return tested(await send(app, { to, ...only }));
      });
    },
  });
}

async function send(app: App, input: SmsTest): Promise<SmsTestResult> {
  const smsSender = createSmsGateways(app);
  const deps = { ...app, smsSender, smsRest: createGatewayRest(app.clock) };
  try {
    return await testSms(deps, consoleActor, everything, input, new AbortController().signal);
  } finally {
    await smsSender.close();
  }
}

function tested(document: SmsTestResult): Result {
  const rows = document.tried.map(({ gateway, accepted, failure, detail }) => ({
    gateway,
    result: accepted ? 'accepted' : smsFailures[failure ?? 'refused'],
    said: detail,
  }));
  const text =
    rows.length === 0 ? `${smsFailures.no_gateway}\n` : renderTable(['gateway', 'result', 'said'], rows);
  return { document, text, exitCode: document.accepted ? exitCodes.done : exitCodes.failed };
}
