// Applications over HTTP.
import { changeApplication } from '#core/applications/change-application.ts';
import { deleteApplicationImage, putApplicationImage } from '#core/applications/change-application-image.ts';
import { createApplication } from '#core/applications/create-application.ts';
import { deleteApplication } from '#core/applications/delete-application.ts';
import { getApplication } from '#core/applications/get-application.ts';
import { getApplicationImage } from '#core/applications/get-application-image.ts';
import { listApplications } from '#core/applications/list-applications.ts';
import { actorOf, type ApiDeps, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type ImageNames = `${'put' | 'delete' | 'get'}ApplicationImage`;
type Names = ImageNames | `${'create' | 'get' | 'change' | 'delete'}Application` | 'listApplications';

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
  putApplicationImage: ({ caller, params: { id, kind }, body: bytes }) =>
    putApplicationImage(deps, actorOf(caller), caller.applicationId, { id, kind, bytes }),
  deleteApplicationImage: ({ caller, params }) =>
    deleteApplicationImage(deps, actorOf(caller), caller.applicationId, params),
  getApplicationImage: ({ params: { access_id, digest } }) =>
    getApplicationImage(deps, { accessId: access_id, digest }),
});
