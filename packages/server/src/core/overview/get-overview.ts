// The figures of the dashboard: how many there are of what, and how the nodes and their services are.
import type { Node, Overview } from '@countersign/contract/overview-models.ts';
import { commonTime } from '#db/database-time.ts';
import type { Db, Read } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Recall } from '#platform/recall.ts';
import { isAlive } from './node.ts';
import { selectNodes } from './node-store.ts';

export interface OverviewDeps {
  readonly db: Db;
  readonly clock: Clock;
  /** Of this process. */
  readonly instanceId: string;
  /** Figures of a few seconds ago are as good as new ones. */
  readonly recall: Recall;
}

/** A user who logged in within so long is active. */
const activeMs = 90 * 86_400_000;

/** @param visible the one application that may be seen, or null for all. @throws Unavailable */
export async function getOverview(deps: OverviewDeps, visible: string | null): Promise<Overview> {
  const figures = await deps.recall(`figures ${visible}`, () => count(deps, visible));
  const at = await commonTime(deps.db, deps.clock);
  return { at, ...figures, nodes: [...(await listNodes(deps, at))] };
}

async function listNodes({ db, instanceId }: OverviewDeps, now: number): Promise<readonly Node[]> {
  const nodes = await selectNodes(db.read);
  return nodes.map(({ instance_id, certificate_ends_at: _, services, ...node }) => ({
    ...node,
    services: [...services],
    is_alive: isAlive(node, now),
    is_this: instance_id === instanceId,
  }));
}

async function count({ db: { read }, clock }: OverviewDeps, visible: string | null) {
  const rowsOf = (table: Counted) => countOf(read, table, visible);
  const active = rowsOf('users').where('last_authenticated_at', '>=', clock.now() - activeMs);
  const pending = rowsOf('auth_requests').where('status', '=', 'pending').where('door', '<>', 'console');
  return {
    applications: await numberOf(rowsOf('applications')),
    users: await numberOf(rowsOf('users')),
    users_active: await numberOf(active),
    ...(await countDevices(read, visible)),
    requests_pending: await numberOf(pending),
  };
}

type Counted = 'applications' | 'users' | 'auth_requests';

function countOf(read: Read, table: Counted, visible: string | null) {
  const rows = read.selectFrom(table).select((e) => e.fn.countAll<number>().as('n'));
  return visible === null
    ? rows
    : rows.where(table === 'applications' ? 'id' : 'application_id', '=', visible);
}

const numberOf = async (rows: ReturnType<typeof countOf>): Promise<number> =>
  (await rows.executeTakeFirstOrThrow()).n;

async function countDevices(
  read: Read,
  visible: string | null,
): Promise<{ readonly devices: number; readonly users_onboarded: number }> {
  let rows = read
    .selectFrom('devices')
    .select((e) => [
      e.fn.countAll<number>().as('devices'),
      e.fn.count<number>('devices.user_id').distinct().as('users_onboarded'),
    ])
    .where('devices.revoked_at', 'is', null);
  if (visible !== null)
    rows = rows.innerJoin('users', 'users.id', 'devices.user_id').where('users.application_id', '=', visible);
  return rows.executeTakeFirstOrThrow();
}
