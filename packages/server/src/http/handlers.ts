// Which handler answers which route: complete by type, grouped by feature.
import { type RouteName, routes } from '@countersign/contract/routes.ts';
import type { FastifyInstance } from 'fastify';
import { activityHandlers } from './activity.ts';
import { administratorHandlers } from './administrators.ts';
import { apiClientHandlers } from './api-clients.ts';
import type { ApiDeps } from './api-deps.ts';
import { applicationHandlers } from './applications.ts';
import { authRequestHandlers } from './auth-requests.ts';
import { certificateHandlers } from './certificates.ts';
import { deviceProtocolHandlers } from './device-protocol.ts';
import { deviceHandlers } from './devices.ts';
import type { Edge } from './edge.ts';
import { ownSessionHandlers } from './own-session.ts';
import { overviewHandlers } from './overview.ts';
import { radiusHandlers } from './radius.ts';
import { type Handlers, registerRoute } from './register-route.ts';
import { remoteProxyHandlers } from './remote-proxies.ts';
import { sessionHandlers } from './sessions.ts';
import { settingHandlers } from './settings.ts';
import { tokenHandlers } from './tokens.ts';
import { userFileHandlers } from './user-files.ts';
import { userHandlers } from './users.ts';

export const apiHandlers = (deps: ApiDeps, edge: Pick<Edge, 'limits' | 'metrics'>): Handlers => ({
  ...tokenHandlers(deps),
  ...applicationHandlers(deps),
  ...userHandlers(deps),
  ...userFileHandlers(deps, edge),
  ...deviceHandlers(deps),
  ...radiusHandlers(deps, edge),
  ...apiClientHandlers(deps),
  ...authRequestHandlers(deps, edge),
  ...activityHandlers(deps, edge),
  ...remoteProxyHandlers(deps),
  ...deviceProtocolHandlers(deps, edge),
  ...certificateHandlers(deps),
  ...sessionHandlers(deps, edge),
  ...ownSessionHandlers(deps),
  ...administratorHandlers(deps),
  ...settingHandlers(deps),
  ...overviewHandlers(deps, edge),
});

export function registerHandlers(app: FastifyInstance, edge: Edge, handlers: Handlers): void {
  const register = <Name extends RouteName>(name: Name) =>
    registerRoute(app, edge, name, routes[name], handlers[name]);
  for (const name of Object.keys(routes) as RouteName[]) register(name);
}
