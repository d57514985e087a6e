// Teams over HTTP.
import { changeTeam, createTeam, deleteTeam } from '#core/users/administer-teams.ts';
import { getTeam, listTeams } from '#core/users/list-teams.ts';
import { actorOf, type ApiDeps, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = 'listTeams' | `${'create' | 'get' | 'change' | 'delete'}Team`;

export const teamHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listTeams: async ({ caller, params, query }) =>
    toPageBody(await listTeams(deps, caller.applicationId, params.id, query)),
  createTeam: ({ caller, params, body }) =>
    createTeam(deps, actorOf(caller), caller.applicationId, params.id, body),
  getTeam: ({ caller, params }) => getTeam(deps, caller.applicationId, params.id),
  changeTeam: ({ caller, params, body }) =>
    changeTeam(deps, actorOf(caller), caller.applicationId, params.id, body),
  deleteTeam: async ({ caller, params }) => {
    await deleteTeam(deps, actorOf(caller), caller.applicationId, params.id);
  },
});
