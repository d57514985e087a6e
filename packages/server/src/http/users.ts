// Users and their onboarding links over HTTP.
import { createOnboardingLink } from '#core/onboarding/create-onboarding-link.ts';
import { deleteOnboardingLink } from '#core/onboarding/delete-onboarding-link.ts';
import { listOnboardingLinks } from '#core/onboarding/list-onboarding-links.ts';
import { changeUser } from '#core/users/change-user.ts';
import { clearUserHold } from '#core/users/clear-user-hold.ts';
import { createUser } from '#core/users/create-user.ts';
import { deleteUser } from '#core/users/delete-user.ts';
import { getUser } from '#core/users/get-user.ts';
import { listUsers } from '#core/users/list-users.ts';
import { actorOf, type ApiDeps, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | `${'create' | 'get' | 'change' | 'delete'}User`
  | 'listUsers'
  | 'clearUserHold'
  | `${'create' | 'delete'}OnboardingLink`
  | 'listOnboardingLinks';

export const userHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listUsers: async ({ caller, query }) => ({
    ...toPageBody(await listUsers(deps, caller.applicationId, query)),
    total: null,
  }),
  createUser: ({ caller, body }) => createUser(deps, actorOf(caller), caller.applicationId, body),
  getUser: ({ caller, params }) => getUser(deps, caller.applicationId, params.id),
  changeUser: ({ caller, params, body }) =>
    changeUser(deps, actorOf(caller), caller.applicationId, params.id, body),
  clearUserHold: ({ caller, params }) =>
    clearUserHold(deps, actorOf(caller), caller.applicationId, params.id),
  deleteUser: async ({ caller, params }) => {
    await deleteUser(deps, actorOf(caller), caller.applicationId, params.id);
  },
  listOnboardingLinks: ({ caller, query }) => listOnboardingLinks(deps, caller.applicationId, query),
  createOnboardingLink: ({ caller, body }) =>
    createOnboardingLink(deps, actorOf(caller), caller.applicationId, body),
  deleteOnboardingLink: async ({ caller, params }) => {
    await deleteOnboardingLink(deps, actorOf(caller), caller.applicationId, params.id);
  },
});
