// countersign api-clients …
import type { Command } from 'commander';
import { changeApiClient } from '#core/api-clients/change-api-client.ts';
import { createApiClient } from '#core/api-clients/create-api-client.ts';
import { deleteApiClient } from '#core/api-clients/delete-api-client.ts';
import { getApiClient } from '#core/api-clients/get-api-client.ts';
import { listApiClients } from '#core/api-clients/list-api-clients.ts';
import { ApiClientChanges, NewApiClient } from '@countersign/contract/models.ts';
import { addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { consoleActor, everything } from '../with-app.ts';
import { apiClientNaming, findApplicationId } from './naming.ts';
import { addChange, addCreate, addDelete, addList, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'API client',
  plural: 'API clients',
  group: 'api-clients',
  naming: apiClientNaming,
  sample: 'helpdesk',
};

export function addApiClients(parent: Command, context: Context): void {
  const group = addGroup(parent, thing.group, 'Programs that call the HTTP API.', 'api-clients list');
  addCreate(group, context, thing, {
    schema: NewApiClient,
    example: '--name helpdesk --scope users --scope devices',
    references: { application_id: findApplicationId },
    secret: 'client_secret',
    create: (app, input) => createApiClient(app, consoleActor, 'everything', input),
  });
  addList(group, context, thing, {
    columns: ['id', 'name', 'scopes', 'application_id', 'enabled', 'last_used_at'],
    list: (app, query) => listApiClients(app, everything, query),
  });
  addShow(group, context, thing, (app, id) => getApiClient(app, everything, id));
  addChange(group, context, thing, {
    schema: ApiClientChanges,
    example: '--scope users --scope activity',
    change: (app, id, changes) => changeApiClient(app, consoleActor, 'everything', id, changes),
  });
  addDelete(group, context, thing, {
    summary: 'Delete an API client and its tokens.',
    done: 'deleted',
    show: (app, id) => getApiClient(app, everything, id),
    warning: ({ name }) => `This deletes the API client “${String(name)}”; its tokens stop working.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteApiClient(app, consoleActor, 'everything', id),
  });
}
