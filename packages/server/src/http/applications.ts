// Applications over HTTP.
import { changeApplication } from '#core/applications/change-application.ts';
import { createApplication } from '#core/applications/create-application.ts';
import { deleteApplication } from '#core/applications/delete-application.ts';
import { getApplication } from '#core/applications/get-application.ts';
import { listApplications } from '#core/applications/list-applications.ts';
import { actorOf, type ApiDeps, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = `${'create' | 'get' | 'change' | 'delete'}Application` | 'listApplications';

export const applicationHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listApplications: async ({ caller, query }) =>
    toPageBody(await listApplications(deps, caller.applicationId, query)),
  createApplication: ({ caller, body }) =>
    createApplication(deps, actorOf(caller), caller.applicationId, body),
  getApplication: ({ caller, params }) => getApplication(deps, caller.applicationId, params.id),
  changeApplication: ({ caller, params, body }) =>
    changeApplication(deps, actorOf(caller), caller.applicationId, params.id, body),
  deleteApplication: async ({ caller, params }) => {
    await deleteApplication(deps, actorOf(caller), caller.applicationId, params.id);
  },
});
