// countersign administrator-directory …: the directory whose people may sign in to the console.
import type { Command } from 'commander';
import {
  type AdministratorDirectory,
  AdministratorDirectoryChanges,
} from '@countersign/contract/administrator-directory-models.ts';
import { changeAdministratorDirectory } from '#core/administrator-directory/change-administrator-directory.ts';
import { getAdministratorDirectory } from '#core/administrator-directory/get-administrator-directory.ts';
import { lookUpAdministrator } from '#core/administrator-directory/look-up-administrator.ts';
import { openUserSources } from '#user-sources';
import { addCommand, addGroup, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { fieldsOf } from '../fields/field.ts';
import { givenFields, optionsOf } from '../fields/options-of-fields.ts';
import { parseFields } from '../fields/parse-fields.ts';
import { renderRecord, renderTable } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';

export function addAdministratorDirectory(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'administrator-directory',
    'The directory whose people may sign in to the console.',
    'administrator-directory show',
  );
  addCommand(group, context, {
    usage: 'show',
    summary: 'Show which directory’s people may sign in to the console, and with which role.',
    examples: ['administrator-directory show'],
    run: () => withApp(context, async (app) => asRecord(await getAdministratorDirectory(app, everything))),
  });
  addChanging(group, context);
  addLookUp(group, context);
}

function addChanging(group: Command, context: Context): void {
  const fields = fieldsOf(AdministratorDirectoryChanges);
  addCommand(group, context, {
    usage: 'change',
    summary: 'Change which directory’s people may sign in to the console, and with which role.',
    examples: [
      'administrator-directory change --source src_01890a5d-ac96-774b-bcce-b302099a8057 --helpdesk-group "Service desk" --enabled',
      'administrator-directory change --no-enabled',
    ],
    options: fields.flatMap((field) => optionsOf(field, false)),
    fields,
    async run({ values }) {
      const given = givenFields(fields, values);
      if (Object.keys(given).length === 0) throw new UsageError('Nothing to change was given.');
      const changes = parseFields(AdministratorDirectoryChanges, fields, given);
      return withApp(context, async (app) =>
        asRecord(await changeAdministratorDirectory(app, consoleActor, 'everything', changes)),
      );
    },
  });
}

function addLookUp(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'look-up <username>',
    args: { username: 'As the person would type it.' },
    summary: 'Look up whether a person of the directory may sign in to the console; exit code 1 when not.',
    examples: ['administrator-directory look-up alice'],
    run: (given) =>
      withApp(context, async (app) => {
        const { directory } = openUserSources(app);
        try {
          const username = given.args[0] ?? '';
          const found = await lookUpAdministrator({ ...app, directory }, consoleActor, everything, username);
          const isWell = found.result === 'admitted';
          return {
            document: found,
            text: renderRecord(found),
            ...(isWell ? {} : { exitCode: exitCodes.failed }),
          };
        } finally {
          await directory.close();
        }
      }),
  });
}

const columns = ['id', 'kind', 'name', 'application_name', 'enabled'];

function asRecord(document: AdministratorDirectory): Result {
  const { sources, ...shown } = document;
  const table = sources.length === 0 ? 'none\n' : renderTable(columns, sources);
  return { document, text: `${renderRecord(shown)}\nUser sources to choose from:\n${table}` };
}
