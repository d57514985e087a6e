// Activity, evidence and audit over HTTP: what happened, for those who may see it.
import { Readable } from 'node:stream';
import { findEvidence } from '#core/approvals/find-evidence.ts';
import { exportAuditEvents } from '#core/audit/export-audit-events.ts';
import { listAuditEvents } from '#core/audit/list-audit-events.ts';
import { getActivity } from '#core/authentication/auth-request-store.ts';
import { listActivity } from '#core/authentication/list-activity.ts';
import { Problem } from '#platform/problem.ts';
import { type ApiDeps, toPageBody } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { enterWait } from './enter-wait.ts';
import type { Handlers } from './register-route.ts';
import { whileAdmitted } from './while-admitted.ts';

type Names = 'listActivity' | 'getActivity' | 'getEvidence' | 'listAuditEvents' | 'exportAuditEvents';

export const activityHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  listActivity: async ({ caller, query }) =>
    toPageBody(await listActivity(deps, caller.applicationId, query)),
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
  exportAuditEvents: async ({ caller, query, signal, isStillAdmitted }) => {
    const leave = enterWait(edge, { kind: 'export', id: caller.id });
    try {
      const texts = await exportAuditEvents(deps, caller.applicationId, query, signal);
      return {
        name: `audit-events.${query.format}`,
        content: Readable.from(whileAdmitted(texts, isStillAdmitted, deps.clock), {
          highWaterMark: 1,
        }).once('close', leave),
      };
    } catch (error) {
      leave();
      throw error;
    }
  },
});
