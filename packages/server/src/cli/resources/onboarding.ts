// countersign onboarding …: devices that want to be bound, what keeps them, and the decisions that wait for an administrator.
import { type Command, Option } from 'commander';
import type { App } from '#app';
import { decideProcess } from '#core/onboarding/decide-process.ts';
import { destroyProcess } from '#core/onboarding/destroy-process.ts';
import { getProcess, listProcesses } from '#core/onboarding/list-processes.ts';
import { ids } from '@countersign/contract/models.ts';
import { processStatuses, waitsFor } from '@countersign/contract/requirement-kinds.ts';
import {
  OnboardingDecision,
  type OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import { pictureOf } from '@countersign/contract/picture.ts';
import { addCommand, addGroup, type Given } from '../command.ts';
import { confirm, refuseUnasked, yesOption } from '../confirm.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { type OptionValues, textOf } from '../fields/options-of-fields.ts';
import type { PageQuery } from '../follow-pages.ts';
import { renderRecord, showTime, showValue } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { findApplicationId, onboardingProcessNaming } from './naming.ts';
import { addList } from './verbs.ts';

const sample = 'onp_01890a5d-ac96-774b-bcce-b302099a8057';
/** As steps and audit name whoever has a shell. */
const decider = { actor: consoleActor, name: 'the command line', grantor: 'everything' } as const;
const args = { process: onboardingProcessNaming.description };

export function addOnboarding(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'onboarding',
    'Devices that want to be bound: what each has met, and what it waits for.',
    'onboarding list --application VPN --waits-for administrator',
  );
  addList(
    group,
    context,
    { group: 'onboarding', plural: 'onboarding processes of an application' },
    {
      columns: ['created_at', 'id', 'username', 'status', 'waits_for', 'ending', 'address'],
      example: '--application VPN',
      options: () => [
        new Option('--application <id or name>', 'Of this application, by id, access id or name.'),
        new Option('--status <status>', 'Only those that stand like this.').choices(processStatuses),
        new Option('--waits-for <whom>', 'Only those that wait for this.').choices(waitsFor),
      ],
      check: ({ application }) => {
        if (application === undefined) throw new UsageError('Name the application: --application.');
      },
      filter: async (app, values) => ({
        application_id: await findApplicationId(app, textOf(values.application) ?? ''),
        ...(values.status !== undefined && { status: values.status }),
        ...(values.waitsFor !== undefined && { waits_for: values.waitsFor }),
      }),
      list: (app, query) => {
        const { application_id, ...filter } = query as PageQuery & { readonly application_id: string };
        return listProcesses(app, everything, application_id, filter);
      },
    },
  );
  addShow(group, context);
  addDestroy(group, context);
  addDecide(group, context);
}

const show = (process: OnboardingProcessWithSteps) => ({ document: process, text: renderProcess(process) });

function addShow(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'show <process>',
    args,
    summary: 'Show an onboarding process with every step, newest last.',
    examples: [`onboarding show ${sample}`],
    run: (given) =>
      withProcess(context, given, async (app, id) => show(await getProcess(app, everything, id))),
  });
}

function addDestroy(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'destroy <process>',
    args,
    summary: 'End an onboarding process that is stuck; the device can begin afresh.',
    examples: [`onboarding destroy ${sample} --yes`],
    options: [yesOption()],
    async run(given) {
      refuseUnasked(context.io, given.values);
      return withProcess(context, given, async (app, id) => {
        await getProcess(app, everything, id);
        await confirm(context.io, given.values, `This ends the onboarding process ${id}.`, 'yes');
        return show(await destroyProcess(app, decider, everything, id));
      });
    },
  });
}

function addDecide(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'decide <process>',
    args,
    summary: 'Approve or refuse a device that waits for an administrator.',
    examples: [
      `onboarding decide ${sample} --approve usr_01890a5d-ac96-774b-bcce-b302099a8057`,
      `onboarding decide ${sample} --refuse 'Nobody came to the desk'`,
    ],
    options: [
      new Option('--approve <user>', 'Bind it to the user with this id.'),
      new Option('--refuse <reason>', 'Refuse it; the reason is shown on the device.'),
    ],
    run(given) {
      const decision = decisionOf(given.values);
      return withProcess(context, given, async (app, id) =>
        show(await decideProcess(app, decider, everything, id, decision)),
      );
    },
  });
}

/** @throws UsageError */
function decisionOf({ approve, refuse }: OptionValues): OnboardingDecision {
  if ((approve === undefined) === (refuse === undefined))
    throw new UsageError('Say either --approve with the id of the user, or --refuse with a reason.');
  if (approve !== undefined && !ids.user.safeParse(approve).success)
    throw new UsageError('--approve takes the id of the user, as “onboarding show” names it.');
  const given =
    approve === undefined
      ? { decision: 'refuse', reason: refuse }
      : { decision: 'approve', user_id: approve };
  const parsed = OnboardingDecision.safeParse(given);
  if (!parsed.success)
    throw new UsageError(`--refuse ${parsed.error.issues[0]?.message ?? 'is not acceptable'}.`);
  return parsed.data;
}

function withProcess<T>(
  context: Context,
  given: Given,
  work: (app: App, id: string) => Promise<T>,
): Promise<T> {
  onboardingProcessNaming.check(given);
  return withApp(context, async (app) => work(app, await onboardingProcessNaming.find(app, given)));
}

function renderProcess(process: OnboardingProcessWithSteps): string {
  const { steps, requirements, device, candidate, picture, last_failure: failure, ...rest } = process;
  const shown = {
    ...rest,
    device: device.name,
    requirements: requirements.map(({ kind, state }) => `${kind} (${state})`),
    last_failure: failure?.text ?? null,
    what_to_do: failure?.remedy ?? null,
    would_belong_to: candidate === null ? null : `${candidate.username} (${candidate.id})`,
    // Who compares on the telephone, or has no picture, has these.
    words: picture === null ? null : pictureOf(Buffer.from(picture, 'base64url')).words.en.join(' '),
  };
  const told = steps
    .map(({ at, group, text }) => `  ${showTime(at)}  [${group}] ${showValue('', text)}\n`)
    .join('');
  return `${renderRecord(shown)}\nSteps:\n${told}`;
}
