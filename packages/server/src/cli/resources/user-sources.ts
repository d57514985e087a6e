// countersign user-sources …: directories that know the people of an application, and RADIUS servers that check their passwords.
import type { Command } from 'commander';
import { z } from 'zod';
import {
  NewUserSource,
  StartSync,
  type UserSourceFinding,
  UserSourceChanges,
  type UserSourceSyncWithChanges,
} from '@countersign/contract/user-source-models.ts';
import { changeUserSource } from '#core/user-sources/change-user-source.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import { deleteUserSource } from '#core/user-sources/delete-user-source.ts';
import { getSync } from '#core/user-sources/follow-syncs.ts';
import { getUserSource, listUserSources } from '#core/user-sources/list-user-sources.ts';
import { lookUpUser } from '#core/user-sources/look-up-user.ts';
import { orderUserSources } from '#core/user-sources/order-user-sources.ts';
import { testUserSource } from '#core/user-sources/test-user-source.ts';
import type { App } from '#app';
import { type OpenedUserSources, openUserSources } from '#user-sources';
import { addCommand, addGroup, type Given, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { fieldsOf } from '../fields/field.ts';
import { givenFields, optionsOf, textOf } from '../fields/options-of-fields.ts';
import { parseFields } from '../fields/parse-fields.ts';
import { renderRecord, renderTable, type Shown } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { applicationNaming, findApplicationId, userSourceNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'user source',
  plural: 'user sources',
  group: 'user-sources',
  naming: userSourceNaming,
  sample: 'src_01890a5d-ac96-774b-bcce-b302099a8057',
};
const args = { 'user-source': userSourceNaming.description };

/** On the command line a list holds texts, and `--upn-suffix` is given once for each. */
const groups = z
  .array(z.string())
  .describe('A group of the directory and the team that its members join, as `group => team`.');
const suffixes = NewUserSource.shape.upn_suffixes
  .unwrap()
  .describe('A domain besides the name’s own that a user may give, as in `user@suffix`.');
const forCommand = { groups: groups.optional(), upn_suffix: suffixes.optional() };
const NewSource = NewUserSource.omit({ upn_suffixes: true, groups: true }).extend({
  application_id: z.string().describe('Whose user source it is.'),
  ...forCommand,
});
const Changes = UserSourceChanges.omit({ upn_suffixes: true, groups: true }).extend(forCommand);

/** As the contract has it. @throws UsageError when an entry is none */
function withGroups<T extends { groups?: readonly string[] | undefined }>({ groups: given, ...rest }: T) {
  if (given === undefined) return rest;
  const pairs = given.map((entry) => {
    const [group = '', team = ''] = entry.split(/\s*=>\s*/, 2);
    return { group, team };
  });
  const schema = z.object({ groups: NewUserSource.shape.groups });
  return { ...rest, ...parseFields(schema, fieldsOf(schema), { groups: pairs }) };
}

export function addUserSources(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'Directories (Active Directory, LDAP) that know the people of an application, and RADIUS servers that check their passwords.',
    'user-sources list VPN',
  );
  addCreate(group, context, thing, {
    schema: NewSource,
    example:
      '--application VPN --kind active_directory --name corp.example.com --bind-name countersign@corp.example.com --bind-password-prompt',
    references: { application_id: findApplicationId },
    create: (app, { application_id: application, ...input }) =>
      createUserSource(app, consoleActor, everything, application, NewUserSource.parse(withGroups(input))),
  });
  addListed(group, context);
  addShow(group, context, thing, (app, id) => getUserSource(app, everything, id));
  addChange(group, context, thing, {
    schema: Changes,
    example: '--upn-suffix example.com --upn-suffix example.org',
    change: (app, id, changes) => changeUserSource(app, consoleActor, everything, id, withGroups(changes)),
  });
  addOrder(group, context);
  addTest(group, context);
  addLookUp(group, context);
  addSync(group, context);
  addDelete(group, context, thing, {
    summary: 'Delete a user source; the users that came from it stay.',
    done: 'deleted',
    show: (app, id) => getUserSource(app, everything, id),
    warning: ({ name }) => `This deletes the user source “${String(name)}”.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteUserSource(app, consoleActor, everything, id),
  });
}

const ofApplication = { application: applicationNaming.description };

function addListed(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'list <application>',
    args: ofApplication,
    summary: 'List the user sources of an application, in the order in which they are asked.',
    examples: ['user-sources list VPN'],
    run: (given) =>
      withApp(context, async (app) =>
        listed(await listUserSources(app, everything, await applicationNaming.find(app, given))),
      ),
  });
}

const columns = ['id', 'kind', 'name', 'hosts', 'transport', 'user_count', 'enabled'];
const listed = (document: { readonly items: readonly Shown[] }): Result => ({
  document,
  text: document.items.length === 0 ? 'No user sources.\n' : renderTable(columns, document.items),
});

function addOrder(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'order <application> <ids>',
    args: { ...ofApplication, ids: 'The ids of all its user sources, separated by commas.' },
    summary: 'Say in which order the user sources of an application are asked.',
    examples: [`user-sources order VPN ${thing.sample}`],
    run: (given) =>
      withApp(context, async (app) => {
        const ids = (given.args[1] ?? '').split(',').map((id) => id.trim());
        const application = await applicationNaming.find(app, given);
        return listed(await orderUserSources(app, consoleActor, everything, application, ids));
      }),
  });
}

function addTest(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'test <user-source>',
    args,
    summary: 'Go the way to the directory or RADIUS server step by step; exit code 1 when a step fails.',
    examples: [`user-sources test ${thing.sample}`],
    run: (given) =>
      withSource(context, given, async (app, opened, id) => {
        const signal = new AbortController().signal;
        const all: UserSourceFinding[] = [];
        const deps = { ...app, ...opened };
        for await (const finding of await testUserSource(deps, consoleActor, everything, id, signal))
          all.push(finding);
        const text = all.map(
          ({ passed, host, sentence }) =>
            `${passed ? 'ok    ' : 'FAILED'}  ${host === '' ? '' : `${host}  `}${sentence}\n`,
        );
        const isWell = all.every(({ passed }) => passed);
        return { document: { passed: isWell, findings: all }, text: text.join(''), ...ending(isWell) };
      }),
  });
}

const ending = (isWell: boolean) => (isWell ? {} : { exitCode: exitCodes.failed });

function addLookUp(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'look-up <user-source> <username>',
    args: { ...args, username: 'As the person would type it.' },
    summary: 'Look a person up in the directory, without a password.',
    examples: [`user-sources look-up ${thing.sample} alice`],
    run: (given) =>
      withSource(context, given, async (app, opened, id) => {
        const asked = { username: given.args[1] ?? '', signal: new AbortController().signal };
        const { user, ...rest } = await lookUpUser(
          { ...app, ...opened },
          consoleActor,
          everything,
          id,
          asked,
        );
        const text = renderRecord({ ...rest, ...user });
        return { document: { ...rest, user }, text, ...ending(rest.result === 'found') };
      }),
  });
}

function addSync(group: Command, context: Context): void {
  const fields = fieldsOf(StartSync);
  addCommand(group, context, {
    usage: 'sync <user-source>',
    args,
    summary: 'Bring users up to date with the directory, and wait for it; exit code 1 when it fails.',
    examples: [
      `user-sources sync ${thing.sample} --dry-run`,
      `user-sources sync ${thing.sample} --username alice`,
    ],
    options: fields.flatMap((field) => optionsOf(field, true)),
    fields,
    run: (given) => {
      const input = parseFields(StartSync, fields, givenFields(fields, given.values));
      return withSource(context, given, async (app, { syncs }, id) => {
        const begun = await syncs.begin(consoleActor, everything, id, input);
        await begun.ended;
        const sync = await getSync(app, everything, begun.id);
        return { document: sync, text: renderSync(sync), ...ending(sync.status === 'done') };
      });
    },
  });
}

function renderSync({ changes, counts, ...sync }: UserSourceSyncWithChanges): string {
  const told = changes.map(({ fields: changed, ...change }) => ({ ...change, changed: changed.join(', ') }));
  const table = told.length === 0 ? '' : `\n${renderTable(['kind', 'username', 'changed', 'skip'], told)}`;
  return `${renderRecord({ ...sync, ...counts })}${table}`;
}

function withSource(
  context: Context,
  given: Given,
  work: (app: App, opened: OpenedUserSources, id: string) => Promise<Result>,
): Promise<Result> {
  userSourceNaming.check(given);
  return withApp(context, async (app) => {
    const opened = openUserSources(app);
    try {
      return await work(app, opened, textOf(given.args[0]) ?? '');
    } finally {
      await opened.directory.close();
    }
  });
}
