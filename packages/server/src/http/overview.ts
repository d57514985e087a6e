// The dashboard over HTTP, and the stream that tells it to look again.
import type { NoticeItem } from '@countersign/contract/overview-models.ts';
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
  const { db, clock, silences } = deps;
  const own = { ...deps.overview, db, clock, silences };
  return {
    getOverview: ({ caller }) => getOverview(own, caller.applicationId),
    getLoginHistory: ({ caller, query }) => getLoginHistory(own, caller.applicationId, query),
    listNotices: async ({ caller }) => {
      const { items } = await listNotices(own, caller.applicationId);
      return { items: items.filter((notice) => concerns(caller, notice)) };
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

/** What is said of an administrator is for that one and for owners: nobody else can do anything about it. */
function concerns(caller: AdministeringCaller, notice: NoticeItem): boolean {
  if (notice.subject_kind !== 'administrator') return true;
  if (caller.kind === 'api_client') return caller.scopes.includes('administrators');
  return caller.role === 'owner' || caller.id === notice.subject_id;
}

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
