// API clients over HTTP. Nobody hands on more than they have themselves.
import { changeApiClient } from '#core/api-clients/change-api-client.ts';
import { createApiClient } from '#core/api-clients/create-api-client.ts';
import { deleteApiClient } from '#core/api-clients/delete-api-client.ts';
import { getApiClient } from '#core/api-clients/get-api-client.ts';
import { listApiClients } from '#core/api-clients/list-api-clients.ts';
import { actorOf, type ApiDeps, grantorOf, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = `${'create' | 'get' | 'change' | 'delete'}ApiClient` | 'listApiClients';

export const apiClientHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listApiClients: async ({ caller, query }) =>
    toPageBody(await listApiClients(deps, caller.applicationId, query)),
  createApiClient: ({ caller, body }) => createApiClient(deps, actorOf(caller), grantorOf(caller), body),
  getApiClient: ({ caller, params }) => getApiClient(deps, caller.applicationId, params.id),
  changeApiClient: ({ caller, params, body }) =>
    changeApiClient(deps, actorOf(caller), grantorOf(caller), params.id, body),
  deleteApiClient: async ({ caller, params }) => {
    await deleteApiClient(deps, actorOf(caller), grantorOf(caller), params.id);
  },
});
