// SCIM tokens over HTTP.
import { createScimToken } from '#core/scim/create-scim-token.ts';
import { deleteScimToken } from '#core/scim/delete-scim-token.ts';
import { listScimTokens } from '#core/scim/list-scim-tokens.ts';
import { actorOf, type ApiDeps, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = 'createScimToken' | 'deleteScimToken' | 'listScimTokens';

export const scimTokenHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listScimTokens: async ({ caller, query }) =>
    toPageBody(await listScimTokens(deps, caller.applicationId, query)),
  createScimToken: ({ caller, body }) => createScimToken(deps, actorOf(caller), caller.applicationId, body),
  deleteScimToken: async ({ caller, params }) => {
    await deleteScimToken(deps, actorOf(caller), caller.applicationId, params.id);
  },
});
