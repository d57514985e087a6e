// countersign settings …: values that are kept in the database, each with a default.
import type { Command } from 'commander';
import { changeSetting, cleanUpSettings, resetSetting } from '#core/settings/change-setting.ts';
import { listSettings } from '#core/settings/list-settings.ts';
import { allSettings, type SettingItem, type SettingName } from '@countersign/contract/settings.ts';
import { addCommand, addGroup, type Given, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { renderRecord, renderTable } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';

const nameArgument = { setting: 'Its name, as `settings list` shows it.' };

export function addSettings(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'settings',
    'Settings that hold for the whole installation.',
    'settings list',
  );
  addCommand(group, context, {
    usage: 'list',
    summary: 'List settings with their values, defaults and states.',
    examples: ['settings list'],
    run: () => withApp(context, async (app) => asTable(await listSettings(app, everything))),
  });
  addCommand(group, context, {
    usage: 'set <setting> <value>',
    args: { ...nameArgument, value: 'A whole number, in the unit of the setting.' },
    summary: 'Set a setting.',
    examples: ['settings set request_seconds 90'],
    async run(given) {
      const [name, value] = [nameOf(given), valueOf(given)];
      return withApp(context, async (app) =>
        asRecord(await changeSetting(app, consoleActor, everything, { name, value })),
      );
    },
  });
  addCommand(group, context, {
    usage: 'reset <setting>',
    args: nameArgument,
    summary: 'Put a setting back to its default.',
    examples: ['settings reset request_seconds'],
    async run(given) {
      const name = nameOf(given);
      return withApp(context, async (app) =>
        asRecord(await resetSetting(app, consoleActor, everything, name)),
      );
    },
  });
  addCommand(group, context, {
    usage: 'clean-up',
    summary: 'Forget all values that are set to their default.',
    examples: ['settings clean-up'],
    run: () => withApp(context, async (app) => asTable(await cleanUpSettings(app, consoleActor, everything))),
  });
}

function nameOf({ args: [text = ''] }: Given): SettingName {
  const name = allSettings.find((each) => each === text);
  if (name === undefined)
    throw new UsageError(`There is no setting “${text}”; there are ${allSettings.join(', ')}.`);
  return name;
}

function valueOf({ args: [, text = ''] }: Given): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError('The value must be a whole number.');
  return Number(text);
}

const asTable = (document: { readonly items: readonly SettingItem[] }): Result => ({
  document,
  text: renderTable(['name', 'value', 'unit', 'state', 'default', 'variable'], document.items),
});

const asRecord = (document: SettingItem): Result => ({ document, text: renderRecord(document) });
