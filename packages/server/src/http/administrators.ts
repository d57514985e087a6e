// Administrators over HTTP, as an owner sees them.
import { changeAdministrator } from '#core/administrators/change-administrator.ts';
import { createAdministrator } from '#core/administrators/create-administrator.ts';
import { deleteAdministrator } from '#core/administrators/delete-administrator.ts';
import { endSessionsOf } from '#core/administrators/end-session.ts';
import { getAdministrator, listAdministrators } from '#core/administrators/get-administrator.ts';
import { listSessions } from '#core/administrators/get-session.ts';
import { inviteAdministrator } from '#core/administrators/invite-administrator.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import { actorOf, type ApiDeps, grantorOf, toPageBody } from './api-deps.ts';
import type { AdministeringCaller } from './callers.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | `${'create' | 'get' | 'change' | 'invite' | 'delete'}Administrator`
  | 'listAdministrators'
  | 'listSessionsOfAdministrator'
  | 'endSessionsOfAdministrator';

const sessionOf = (caller: AdministeringCaller): string | null =>
  caller.kind === 'administrator' ? caller.sessionId : null;

export const administratorHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listAdministrators: async ({ caller, query }) => {
    requireInstallationWide(caller.applicationId);
    return toPageBody(await listAdministrators(deps, query));
  },
  createAdministrator: ({ caller, body }) =>
    createAdministrator(deps, actorOf(caller), grantorOf(caller), body),
  getAdministrator: async ({ caller, params }) => {
    requireInstallationWide(caller.applicationId);
    return getAdministrator(deps, params.id);
  },
  changeAdministrator: ({ caller, params, body }) =>
    changeAdministrator(deps, actorOf(caller), grantorOf(caller), params.id, body),
  inviteAdministrator: ({ caller, params }) =>
    inviteAdministrator(deps, actorOf(caller), grantorOf(caller), params.id),
  deleteAdministrator: async ({ caller, params }) => {
    await deleteAdministrator(deps, actorOf(caller), grantorOf(caller), params.id);
  },
  listSessionsOfAdministrator: async ({ caller, params }) => {
    requireInstallationWide(caller.applicationId);
    return { items: [...(await listSessions(deps, params.id, sessionOf(caller)))], next_cursor: null };
  },
  endSessionsOfAdministrator: async ({ caller, params }) => {
    await endSessionsOf(deps, actorOf(caller), grantorOf(caller), params.id);
  },
});
