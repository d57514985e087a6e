// Auth requests of third parties over HTTP: ask, look, wait, take back.
import { getAuthRequest } from '#core/authentication/auth-request-store.ts';
import { awaitOutcome } from '#core/authentication/await-outcome.ts';
import { cancelAuthRequest } from '#core/authentication/cancel-auth-request.ts';
import { createAuthRequest } from '#core/authentication/create-auth-request.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Edge } from './edge.ts';
import type { Handlers } from './register-route.ts';
import { whileWaiting } from './enter-wait.ts';

type Names = `${'create' | 'get' | 'await' | 'cancel'}AuthRequest`;

export const authRequestHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  createAuthRequest: ({ caller, body, signal }) => createAuthRequest(deps, caller, body, signal),
  getAuthRequest: ({ caller, params }) => getAuthRequest(deps.db.read, caller, params.id),
  awaitAuthRequest: async ({ caller, params, query, signal }) => {
    const now = await getAuthRequest(deps.db.read, caller, params.id);
    if (now.status !== 'pending' || query.seconds === 0) return now;
    await whileWaiting(edge, { kind: 'api_client', id: caller.id }, () =>
      awaitOutcome(deps, params.id, { within: query.seconds * 1000, signal }),
    );
    return getAuthRequest(deps.db.read, caller, params.id);
  },
  cancelAuthRequest: ({ caller, params }) => cancelAuthRequest(deps, caller, params.id),
});
