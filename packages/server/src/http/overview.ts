// The dashboard over HTTP, and the stream that tells it to look again.
import { mayRole } from '@countersign/contract/roles.ts';
import type { ChangedRequest } from '#core/overview/activity-feed.ts';
import { getLoginHistory } from '#core/overview/get-login-history.ts';
import { getOverview } from '#core/overview/get-overview.ts';
import { listNotices } from '#core/overview/list-notices.ts';
import type { ApiDeps } from './api-deps.ts';
import type { AdministeringCaller } from './callers.ts';
import type { Edge } from './edge.ts';
import { enterWait } from './enter-wait.ts';
import { openEventStream, type SendEvent, type StreamTimes, streamTimes } from './event-stream.ts';
import type { Handlers } from './register-route.ts';

type Names = 'getOverview' | 'getLoginHistory' | 'listNotices' | 'streamActivity';

export const overviewHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => {
  const own = { ...deps.overview, db: deps.db, clock: deps.clock };
  return {
    getOverview: ({ caller }) => getOverview(own, caller.applicationId),
    getLoginHistory: ({ caller, query }) => getLoginHistory(own, caller.applicationId, query),
    listNotices: async ({ caller }) => {
      const { items } = await listNotices(own, caller.applicationId);
      return {
        items: items.filter(
          ({ subject_kind: kind }) => kind !== 'administrator' || mayReadAdministrators(caller),
        ),
      };
    },
    streamActivity: async ({ caller, query, signal, isStillAdmitted }) => {
      const sees = ({ application_id: id }: ChangedRequest): boolean =>
        [caller.applicationId ?? id, query.application_id ?? id].every((only) => only === id);
      const closed = enterWait(edge, caller);
      const watch = (send: SendEvent) => own.feed.listen(tellChanges(send, sees));
      return openEventStream(watch, { signal, closed, mayGoOn: isStillAdmitted, times: activityTimes });
    },
  };
};

/** Who among the administrators has no second factor is nobody else's business. */
const mayReadAdministrators = (caller: AdministeringCaller): boolean =>
  caller.kind === 'administrator'
    ? mayRole(caller.role, 'administrators', 'reads')
    : caller.scopes.includes('administrators');

/** Whoever was signed out on whichever node hears nothing more after this. */
const activityTimes: StreamTimes = { ...streamTimes, heartbeatMs: 5000 };

/** More than these are told as many. */
const maxIds = 100;

/** What could not be sent, because the caller does not read, is made up for by `many` with the next event. */
function tellChanges(send: SendEvent, sees: (changed: ChangedRequest) => boolean) {
  let missed = false;
  return (changed: readonly ChangedRequest[] | undefined): void => {
    const ids = changed?.filter(sees).map(({ id }) => id);
    if (ids?.length === 0 && !missed) return;
    const isMany = missed || ids === undefined || ids.length > maxIds;
    missed = false;
    for (const [event, prefix] of events) {
      const own = isMany ? [] : ids.filter((id) => id.startsWith(prefix));
      if (isMany || own.length > 0) missed = !send(event, JSON.stringify({ ids: own })) || missed;
    }
  };
}

/** By what their ids begin with. */
const events = [
  ['activity', 'req_'],
  ['onboarding', 'onp_'],
] as const;
