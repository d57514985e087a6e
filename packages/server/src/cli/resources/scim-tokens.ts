// countersign scim-tokens …: with a token another system pushes users and teams into an application.
import type { Command } from 'commander';
import { NewScimToken } from '@countersign/contract/scim-models.ts';
import { createScimToken } from '#core/scim/create-scim-token.ts';
import { deleteScimToken } from '#core/scim/delete-scim-token.ts';
import { listScimTokens } from '#core/scim/list-scim-tokens.ts';
import { addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { consoleActor, everything } from '../with-app.ts';
import { findApplicationId, scimTokenNaming } from './naming.ts';
import { addCreate, addDelete, addList, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'SCIM token',
  plural: 'SCIM tokens',
  group: 'scim-tokens',
  naming: scimTokenNaming,
  sample: 'sct_01890a5d-ac96-774b-bcce-b302099a8057',
};

export function addScimTokens(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'Tokens with which other systems push users and teams by SCIM.',
    'scim-tokens list',
  );
  addCreate(group, context, thing, {
    schema: NewScimToken,
    example: '--name "Entra ID" --application VPN',
    references: { application_id: findApplicationId },
    secret: 'token',
    present: ({ base_url }) => `\nThe system pushes to ${textOf(base_url) ?? ''}\n`,
    create: (app, input) => createScimToken(app, consoleActor, everything, input),
  });
  addList(group, context, thing, {
    columns: ['id', 'name', 'application_id', 'expires_at', 'last_used_at'],
    list: (app, query) => listScimTokens(app, everything, query),
  });
  addDelete(group, context, thing, {
    summary: 'Delete a SCIM token; users and teams stay.',
    done: 'deleted',
    show: async (_app, id) => ({ id }),
    warning: ({ id }) => `The system that pushes with the SCIM token ${String(id)} is refused from now on.`,
    word: () => 'yes',
    remove: (app, id) => deleteScimToken(app, consoleActor, everything, id),
  });
}
