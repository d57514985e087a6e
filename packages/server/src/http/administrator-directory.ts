// The directory whose people may sign in to the console, over HTTP.
import { changeAdministratorDirectory } from '#core/administrator-directory/change-administrator-directory.ts';
import { getAdministratorDirectory } from '#core/administrator-directory/get-administrator-directory.ts';
import { lookUpAdministrator } from '#core/administrator-directory/look-up-administrator.ts';
import { actorOf, type ApiDeps, grantorOf } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { whileWaiting } from './enter-wait.ts';
import type { Handlers } from './register-route.ts';

type Names = 'getAdministratorDirectory' | 'changeAdministratorDirectory' | 'lookUpAdministrator';

export const administratorDirectoryHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  getAdministratorDirectory: ({ caller }) => getAdministratorDirectory(deps, caller.applicationId),
  changeAdministratorDirectory: ({ caller, body }) =>
    changeAdministratorDirectory(deps, actorOf(caller), grantorOf(caller), body),
  lookUpAdministrator: ({ caller, body }) =>
    whileWaiting(edge, { kind: 'directory', id: caller.id }, () =>
      lookUpAdministrator(deps, actorOf(caller), caller.applicationId, body.username),
    ),
});
