// Users and their onboarding links over HTTP.
import { createOnboardingLink } from '#core/onboarding/create-onboarding-link.ts';
import { deleteOnboardingLink } from '#core/onboarding/delete-onboarding-link.ts';
import { listOnboardingLinks } from '#core/onboarding/list-onboarding-links.ts';
import { revokeDevicesOfUsers } from '#core/onboarding/revoke-devices-of-users.ts';
import { changeUser } from '#core/users/change-user.ts';
import { changeUsers } from '#core/users/change-users.ts';
import { clearUserHold } from '#core/users/clear-user-hold.ts';
import { createUser } from '#core/users/create-user.ts';
import { deleteUser } from '#core/users/delete-user.ts';
import { deleteUsers } from '#core/users/delete-users.ts';
import { getUser } from '#core/users/get-user.ts';
import { listUsers } from '#core/users/list-users.ts';
import { actorOf, type ApiDeps, grantorOf, requireFreshProof, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | `${'create' | 'get' | 'change' | 'delete'}User`
  | `${'list' | 'change' | 'delete' | 'revokeDevicesOf'}Users`
  | 'clearUserHold'
  | `${'create' | 'delete'}OnboardingLink`
  | 'listOnboardingLinks';

export const userHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listUsers: async ({ caller, query: { enabled, onboarded, held, ...query } }) => {
    const flags = { enabled: flagOf(enabled), onboarded: flagOf(onboarded), held: flagOf(held) };
    const page = await listUsers(deps, caller.applicationId, { ...query, ...flags });
    return { ...toPageBody(page), total: page.total };
  },
  createUser: async ({ caller, body }) => {
    if (body.password !== undefined) requireFreshProof(caller);
    return createUser(deps, actorOf(caller), caller.applicationId, body);
  },
  getUser: ({ caller, params }) => getUser(deps, caller.applicationId, params.id),
  changeUser: async ({ caller, params, body }) => {
    if (body.password !== undefined) requireFreshProof(caller);
    return changeUser(deps, actorOf(caller), caller.applicationId, params.id, body);
  },
  clearUserHold: ({ caller, params }) =>
    clearUserHold(deps, actorOf(caller), caller.applicationId, params.id),
  deleteUser: async ({ caller, params }) => {
    await deleteUser(deps, actorOf(caller), caller.applicationId, params.id);
  },
  changeUsers: ({ caller, body }) => changeUsers(deps, actorOf(caller), caller.applicationId, body),
  revokeDevicesOfUsers: ({ caller, body }) =>
    revokeDevicesOfUsers(deps, actorOf(caller), caller.applicationId, body),
  deleteUsers: ({ caller, body }) => deleteUsers(deps, actorOf(caller), caller.applicationId, body),
  listOnboardingLinks: ({ caller, query }) => listOnboardingLinks(deps, caller.applicationId, query),
  createOnboardingLink: ({ caller, body }) =>
    createOnboardingLink(deps, actorOf(caller), caller.applicationId, body, grantorOf(caller)),
  deleteOnboardingLink: async ({ caller, params }) => {
    await deleteOnboardingLink(deps, actorOf(caller), caller.applicationId, params.id);
  },
});

const flagOf = (text: 'true' | 'false' | undefined): boolean | undefined =>
  text === undefined ? undefined : text === 'true';
