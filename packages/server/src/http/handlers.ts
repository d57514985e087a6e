// Which handler answers which route: complete by type, grouped by feature.
import { type RouteName, routes } from '@countersign/contract/routes.ts';
import type { FastifyInstance } from 'fastify';
import { activityHandlers } from './activity.ts';
import { administratorDirectoryHandlers } from './administrator-directory.ts';
import { administratorHandlers } from './administrators.ts';
import { apiClientHandlers } from './api-clients.ts';
import { createClosedAudit, EnrolmentClosed } from '#core/onboarding/enrolment-closed.ts';
import type { Recall } from '#platform/recall.ts';
import type { ApiDeps } from './api-deps.ts';
import { applicationHandlers } from './applications.ts';
import { authRequestHandlers } from './auth-requests.ts';
import { certificateHandlers } from './certificates.ts';
import { deviceProtocolHandlers } from './device-protocol.ts';
import { deviceHandlers } from './devices.ts';
import type { Edge } from './edge.ts';
import { onboardingHandlers } from './onboarding.ts';
import { ownSessionHandlers } from './own-session.ts';
import { openidProviderHandlers } from './openid-providers.ts';
import { overviewHandlers } from './overview.ts';
import { radiusHandlers } from './radius.ts';
import { type Handlers, registerRoute } from './register-route.ts';
import { remoteProxyHandlers } from './remote-proxies.ts';
import { scepHandlers } from './scep-administration.ts';
import { scimTokenHandlers } from './scim-tokens.ts';
import { sessionHandlers } from './sessions.ts';
import { settingHandlers } from './settings.ts';
import { messageHandlers } from './messages.ts';
import { teamHandlers } from './teams.ts';
import { tokenHandlers } from './tokens.ts';
import { userFileHandlers } from './user-files.ts';
import { userHandlers } from './users.ts';
import { userSourceHandlers } from './user-sources.ts';

export const apiHandlers = (deps: ApiDeps, edge: Pick<Edge, 'limits' | 'metrics' | 'log'>): Handlers =>
  auditing(deps, edge, allHandlers(deps, edge));

const allHandlers = (deps: ApiDeps, edge: Pick<Edge, 'limits' | 'metrics'>): Handlers =>
  telling(deps.overview.recall, {
    ...tokenHandlers(deps),
    ...applicationHandlers(deps),
    ...userHandlers(deps),
    ...teamHandlers(deps),
    ...userFileHandlers(deps, edge),
    ...deviceHandlers(deps),
    ...onboardingHandlers(deps, edge),
    ...userSourceHandlers(deps, edge),
    ...openidProviderHandlers(deps, edge),
    ...radiusHandlers(deps, edge),
    ...apiClientHandlers(deps),
    ...scimTokenHandlers(deps),
    ...scepHandlers(deps),
    ...authRequestHandlers(deps, edge),
    ...activityHandlers(deps, edge),
    ...remoteProxyHandlers(deps),
    ...deviceProtocolHandlers(deps, edge),
    ...certificateHandlers(deps, edge),
    ...sessionHandlers(deps, edge),
    ...ownSessionHandlers(deps),
    ...administratorHandlers(deps),
    ...administratorDirectoryHandlers(deps, edge),
    ...settingHandlers(deps),
    ...messageHandlers(deps),
    ...overviewHandlers(deps, edge),
  });

/** What an administrator has changed is seen at the next look: nobody shall wonder whether it counted. */
function telling(recall: Recall, handlers: Handlers): Handlers {
  const told =
    (handler: AnyHandler): AnyHandler =>
    async (call) => {
      const answer = await handler(call);
      if (call.caller?.kind === 'administrator') recall.forget();
      return answer;
    };
  const entries = Object.entries(handlers as unknown as Record<RouteName, AnyHandler>);
  const changing = entries.filter(([name]) => routes[name as RouteName].method !== 'GET');
  return { ...handlers, ...Object.fromEntries(changing.map(([name, handler]) => [name, told(handler)])) };
}

/** Whoever wants a device bound where that is closed leaves a trace, whichever way it is tried. */
function auditing(deps: ApiDeps, { log }: Pick<Edge, 'log'>, handlers: Handlers): Handlers {
  const audit = createClosedAudit(deps, (error) =>
    log.error({ err: error }, 'a try at a closed enrolment could not be audited'),
  );
  const audited =
    (handler: AnyHandler): AnyHandler =>
    async (call) => {
      try {
        return await handler(call);
      } catch (error) {
        if (error instanceof EnrolmentClosed) await audit(error);
        throw error;
      }
    };
  const entries = Object.entries(handlers as unknown as Record<RouteName, AnyHandler>);
  const all = Object.fromEntries(entries.map(([name, handler]) => [name, audited(handler)]));
  return all as unknown as Handlers;
}

type AnyHandler = (call: { readonly caller?: { readonly kind?: string } }) => Promise<unknown>;

export function registerHandlers(app: FastifyInstance, edge: Edge, handlers: Handlers): void {
  const register = <Name extends RouteName>(name: Name) =>
    registerRoute(app, edge, name, routes[name], handlers[name]);
  for (const name of Object.keys(routes) as RouteName[]) register(name);
}
