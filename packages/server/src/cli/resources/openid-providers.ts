// countersign openid-providers …: who says by OpenID Connect who a person of an application is.
import type { Command } from 'commander';
import { z } from 'zod';
import {
  NewOpenidProvider,
  type OpenidFinding,
  OpenidProviderChanges,
} from '@countersign/contract/openid-models.ts';
import { changeOpenidProvider } from '#core/openid-providers/change-openid-provider.ts';
import { createOpenidProvider } from '#core/openid-providers/create-openid-provider.ts';
import { deleteOpenidProvider } from '#core/openid-providers/delete-openid-provider.ts';
import { getOpenidProvider, listOpenidProviders } from '#core/openid-providers/list-openid-providers.ts';
import { testOpenidProvider } from '#core/openid-providers/test-openid-provider.ts';
import { openidClientOf } from '#app';
import { addCommand, addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { fieldsOf } from '../fields/field.ts';
import { parseFields } from '../fields/parse-fields.ts';
import { renderTable } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { applicationNaming, findApplicationId, openidProviderNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'OpenID provider',
  plural: 'OpenID providers',
  group: 'openid-providers',
  naming: openidProviderNaming,
  sample: 'oip_01890a5d-ac96-774b-bcce-b302099a8057',
};

/** On the command line a list holds texts. */
const groups = z
  .array(z.string())
  .describe('A group of the claim and the team that its members join, as `group => team`.');
const NewProvider = NewOpenidProvider.omit({ groups: true }).extend({
  application_id: z.string().describe('Whose OpenID provider it is.'),
  groups: groups.optional(),
});
const Changes = OpenidProviderChanges.omit({ groups: true }).extend({ groups: groups.optional() });

/** As the contract has it. @throws UsageError when an entry is none */
function withGroups<T extends { groups?: readonly string[] | undefined }>({ groups: given, ...rest }: T) {
  if (given === undefined) return rest;
  const pairs = given.map((entry) => {
    const [group = '', team = ''] = entry.split(/\s*=>\s*/, 2);
    return { group, team };
  });
  const schema = z.object({ groups: NewOpenidProvider.shape.groups });
  return { ...rest, ...parseFields(schema, fieldsOf(schema), { groups: pairs }) };
}

export function addOpenidProviders(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'OpenID providers at which the people of an application log in to bind a device.',
    'openid-providers list VPN',
  );
  addCreate(group, context, thing, {
    schema: NewProvider,
    example: '--application VPN --name Keycloak --issuer https://login.example.com/realms/staff',
    references: { application_id: findApplicationId },
    create: (app, { application_id: application, ...input }) =>
      createOpenidProvider(
        app,
        consoleActor,
        everything,
        application,
        NewOpenidProvider.parse(withGroups(input)),
      ),
  });
  addListed(group, context);
  addShow(group, context, thing, (app, id) => getOpenidProvider(app, everything, id));
  addChange(group, context, thing, {
    schema: Changes,
    example: '--client-id countersign --client-secret-prompt --enabled',
    change: (app, id, changes) =>
      changeOpenidProvider(app, consoleActor, everything, id, withGroups(changes)),
  });
  addTest(group, context);
  addDelete(group, context, thing, {
    summary: 'Delete an OpenID provider; the users that came by it stay.',
    done: 'deleted',
    show: (app, id) => getOpenidProvider(app, everything, id),
    warning: ({ name }) => `This deletes the OpenID provider “${String(name)}”.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteOpenidProvider(app, consoleActor, everything, id),
  });
}

const columns = ['id', 'name', 'issuer', 'client_id', 'user_count', 'enabled'];

function addListed(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'list <application>',
    args: { application: applicationNaming.description },
    summary: 'List the OpenID providers of an application.',
    examples: ['openid-providers list VPN'],
    run: (given) =>
      withApp(context, async (app) => {
        const id = await applicationNaming.find(app, given);
        const document = await listOpenidProviders(app, everything, id);
        const { items } = document;
        return {
          document,
          text: items.length === 0 ? 'No OpenID providers.\n' : renderTable(columns, items),
        };
      }),
  });
}

function addTest(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'test <openid-provider>',
    args: { 'openid-provider': openidProviderNaming.description },
    summary: 'Ask an OpenID provider step by step; exit code 1 when a step fails.',
    examples: [`openid-providers test ${thing.sample}`],
    run: (given) => {
      openidProviderNaming.check(given);
      return withApp(context, async (app) => {
        const id = await openidProviderNaming.find(app, given);
        const deps = { ...app, openid: openidClientOf(app) };
        const { signal } = new AbortController();
        const findings: OpenidFinding[] = [];
        for await (const finding of await testOpenidProvider(deps, consoleActor, everything, id, signal))
          findings.push(finding);
        const passed = findings.every((finding) => finding.passed);
        const text = findings.map((found) => `${found.passed ? 'ok    ' : 'FAILED'}  ${found.sentence}\n`);
        const document = { passed, findings };
        return { document, text: text.join(''), ...(passed ? {} : { exitCode: exitCodes.failed }) };
      });
    },
  });
}
