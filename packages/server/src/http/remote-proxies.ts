// What RADIUS proxies at other sites ask and tell over HTTP, besides their auth requests.
import { getProxiedApplication } from '#core/applications/get-proxied-application.ts';
import { reportUnreachableLogins } from '#core/authentication/report-unreachable-logins.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = 'getProxiedApplication' | 'reportUnreachableLogins';

export const remoteProxyHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  getProxiedApplication: ({ caller, query }) =>
    getProxiedApplication(deps, caller.applicationId, query.application),
  reportUnreachableLogins: ({ caller, body }) => reportUnreachableLogins(deps, caller, body),
});
