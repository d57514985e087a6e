// What exists of the application that the first run is about, followed.
import { useEffect, useState } from 'preact/hooks';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import type { Loaded } from '../../api/query.ts';
import { useQuery } from '../../api/query.ts';
import { useRoute } from '../../router/router.ts';
import type { Existing } from './first-run.ts';

const most = 200;
/** While a phone is being bound. */
const watchMs = 2_000;
const letIn = { status: 'approved', kind: 'login', limit: 1 } as const;

/** Which application and user it is about stands in the address; otherwise it is the first of each. */
export function useExisting(): Loaded<Existing> {
  const { search } = useRoute();
  const applications = useQuery('listApplications', { query: { limit: most } });
  const all = applications.data?.items ?? [];
  const application = all.find(({ id }) => id === search['application']) ?? all[0];
  const of = { application_id: application?.id ?? '' };
  const isOn = { enabled: application !== undefined };
  const clients = useQuery('listRadiusClients', { query: { limit: most } }, isOn);
  const query = { ...of, sort: 'created_at', order: 'asc', limit: 1 } as const;
  // Until the last of it is there.
  const [isDone, setDone] = useState(false);
  const isWatching = isDone ? isOn : { ...isOn, everyMs: watchMs };
  const users = useQuery('listUsers', { query }, isWatching);
  const logins = useQuery('listActivity', { query: { ...of, ...letIn } }, isWatching);
  const hasPhone = (users.data?.items[0]?.device_count ?? 0) > 0;
  const hasLogin = application !== undefined && (logins.data?.items.length ?? 0) > 0;
  useEffect(() => setDone(hasPhone && hasLogin), [hasPhone, hasLogin]);
  const parts = [clients, users, logins];
  const failed = [applications, ...parts].find(({ error }) => error !== undefined);
  const isThere = application
    ? parts.every(({ data }) => data !== undefined)
    : applications.data !== undefined;
  return {
    data: isThere
      ? {
          application,
          client: newestOf(clients.data?.items ?? [], application?.id),
          user: application ? users.data?.items[0] : undefined,
          hasLogin,
        }
      : undefined,
    error: failed?.error,
    isLoading: !isThere,
    isStale: false,
    reload: () => [applications, ...parts].forEach((each) => each.reload()),
  };
}

const newestOf = (
  clients: readonly RadiusClient[],
  application: string | undefined,
): RadiusClient | undefined =>
  clients
    .filter((each) => each.application_id === application)
    .toSorted((a, b) => b.created_at - a.created_at)[0];
