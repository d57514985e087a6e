// Activity, evidence and audit over HTTP: what happened, for those who may see it.
import { findEvidence } from '#core/approvals/find-evidence.ts';
import { listAuditEvents } from '#core/audit/list-audit-events.ts';
import { getActivity, listActivity } from '#core/authentication/auth-request-store.ts';
import { Problem } from '#platform/problem.ts';
import { type ApiDeps, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = 'listActivity' | 'getActivity' | 'getEvidence' | 'listAuditEvents';

export const activityHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listActivity: async ({ caller, query }) =>
    toPageBody(await listActivity(deps.db.read, caller.applicationId, query)),
  getActivity: ({ caller, params }) => getActivity(deps.db.read, caller.applicationId, params.id),
  getEvidence: async ({ caller, params }) => {
    // Whoever may not see the auth request gets not_found, as for one that does not exist.
    await getActivity(deps.db.read, caller.applicationId, params.id);
    const evidence = await findEvidence(deps.db.read, params.id);
    if (!evidence) throw new Problem('evidence_missing');
    return evidence;
  },
  listAuditEvents: async ({ caller, query }) =>
    toPageBody(await listAuditEvents(deps, caller.applicationId, query)),
});
