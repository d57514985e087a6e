// An administrator's own session over HTTP: what there is, what it is proved with, and logging out.
import { endOwnSession, endSession } from '#core/administrators/end-session.ts';
import { findSession } from '#core/administrators/find-session.ts';
import { getSession, listSessions } from '#core/administrators/get-session.ts';
import { beginOwnPasskey } from '#core/administrators/new-passkey.ts';
import {
  addOwnPasskey,
  changeOwnPassword,
  changeOwnPhone,
  deleteOwnPasskey,
  listOwnPasskeys,
  type Own,
  renameOwnPasskey,
} from '#core/administrators/own-factors.ts';
import { stepUpByPassword } from '#core/sign-in/step-up.ts';
import { Problem } from '#platform/problem.ts';
import type { ApiDeps } from './api-deps.ts';
import type { AdministratorCaller } from './callers.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | 'getSession'
  | 'endSession'
  | 'stepUp'
  | 'changeOwnPassword'
  | 'changeOwnPhone'
  | 'listOwnPasskeys'
  | 'beginOwnPasskey'
  | 'addOwnPasskey'
  | 'renameOwnPasskey'
  | 'deleteOwnPasskey'
  | 'listOwnSessions'
  | 'endOwnSession';

const ownOf = ({ id, name, sessionId }: AdministratorCaller): Own => ({
  administratorId: id,
  username: name,
  sessionId,
});

export const ownSessionHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  getSession: ({ caller }) => getSession(deps, caller.sessionId),
  endSession: async ({ caller, browser }) => {
    await endSession(deps, ownOf(caller));
    browser.forget();
  },
  stepUp: async ({ browser, body }) => {
    const session = await findSession(deps, browser.token);
    if (!session) throw new Problem('unauthorized');
    return stepUpByPassword(deps, browser, session, body.password);
  },
  changeOwnPassword: async ({ caller, body }) => {
    await changeOwnPassword(deps, ownOf(caller), body.password);
    return getSession(deps, caller.sessionId);
  },
  changeOwnPhone: async ({ caller, body }) => {
    await changeOwnPhone(deps, ownOf(caller), body.user_id);
    return getSession(deps, caller.sessionId);
  },
  listOwnPasskeys: async ({ caller }) => ({
    items: [...(await listOwnPasskeys(deps, ownOf(caller)))],
    next_cursor: null,
  }),
  beginOwnPasskey: ({ caller }) => beginOwnPasskey(deps, ownOf(caller)),
  addOwnPasskey: ({ caller, body, browser }) => addOwnPasskey(deps, ownOf(caller), body, browser.userAgent),
  renameOwnPasskey: ({ caller, params, body }) =>
    renameOwnPasskey(deps, ownOf(caller), { id: params.id, name: body.name }),
  deleteOwnPasskey: async ({ caller, params }) => {
    await deleteOwnPasskey(deps, ownOf(caller), params.id);
  },
  listOwnSessions: async ({ caller }) => ({
    items: [...(await listSessions(deps, caller.id, caller.sessionId))],
    next_cursor: null,
  }),
  endOwnSession: async ({ caller, params }) => {
    await endOwnSession(deps, caller.id, params.id);
  },
});
