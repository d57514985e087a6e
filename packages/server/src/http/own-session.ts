// An administrator's own session over HTTP: what there is, and logging out.
import { endOwnSession, endSession } from '#core/administrators/end-session.ts';
import { getSession, listSessions } from '#core/administrators/get-session.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = 'getSession' | 'endSession' | 'listOwnSessions' | 'endOwnSession';

export const ownSessionHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  getSession: ({ caller }) => getSession(deps, caller.sessionId),
  endSession: async ({ caller, browser }) => {
    await endSession(deps, { administratorId: caller.id, sessionId: caller.sessionId });
    browser.forget();
  },
  listOwnSessions: async ({ caller }) => ({
    items: [...(await listSessions(deps, caller.id, caller.sessionId))],
    next_cursor: null,
  }),
  endOwnSession: async ({ caller, params }) => {
    await endOwnSession(deps, caller.id, params.id);
  },
});
