// RADIUS clients and home servers over HTTP.
import { changeHomeServer } from '#core/home-servers/change-home-server.ts';
import { createHomeServer } from '#core/home-servers/create-home-server.ts';
import { deleteHomeServer } from '#core/home-servers/delete-home-server.ts';
import { getHomeServer } from '#core/home-servers/get-home-server.ts';
import { listHomeServers } from '#core/home-servers/list-home-servers.ts';
import { changeRadiusClient } from '#core/radius-clients/change-radius-client.ts';
import { createRadiusClient } from '#core/radius-clients/create-radius-client.ts';
import { deleteRadiusClient } from '#core/radius-clients/delete-radius-client.ts';
import { getRadiusClient } from '#core/radius-clients/get-radius-client.ts';
import { listRadiusClients } from '#core/radius-clients/list-radius-clients.ts';
import { testLogin } from '#core/radius-clients/test-login.ts';
import { actorOf, type ApiDeps, toPageBody } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { whileWaiting } from './enter-wait.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | `${'create' | 'get' | 'change' | 'delete'}${'RadiusClient' | 'HomeServer'}`
  | 'listRadiusClients'
  | 'listHomeServers'
  | 'testLogin';

export const radiusHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  listRadiusClients: async ({ caller, query }) =>
    toPageBody(await listRadiusClients(deps, caller.applicationId, query)),
  createRadiusClient: ({ caller, body }) =>
    createRadiusClient(deps, actorOf(caller), caller.applicationId, body),
  getRadiusClient: ({ caller, params }) => getRadiusClient(deps, caller.applicationId, params.id),
  changeRadiusClient: ({ caller, params, body }) =>
    changeRadiusClient(deps, actorOf(caller), caller.applicationId, params.id, body),
  deleteRadiusClient: async ({ caller, params }) => {
    await deleteRadiusClient(deps, actorOf(caller), caller.applicationId, params.id);
  },
  listHomeServers: async ({ caller, query }) =>
    toPageBody(await listHomeServers(deps, caller.applicationId, query)),
  createHomeServer: ({ caller, body }) => createHomeServer(deps, actorOf(caller), caller.applicationId, body),
  getHomeServer: ({ caller, params }) => getHomeServer(deps, caller.applicationId, params.id),
  changeHomeServer: ({ caller, params, body }) =>
    changeHomeServer(deps, actorOf(caller), caller.applicationId, params.id, body),
  deleteHomeServer: async ({ caller, params }) => {
    await deleteHomeServer(deps, actorOf(caller), caller.applicationId, params.id);
  },
  testLogin: ({ caller, params, body, browser, signal }) =>
    whileWaiting(edge, { kind: 'test_login', id: caller.id }, () =>
      testLogin(
        deps,
        actorOf(caller),
        caller.applicationId,
        { ...body, clientId: params.id, from: browser.address },
        signal,
      ),
    ),
});
