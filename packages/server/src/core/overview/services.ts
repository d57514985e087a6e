// How the services of a node are, each in one sentence, from what the process knows of itself and the database of all.
import type { Service } from '@countersign/contract/overview-models.ts';
import { readAuditHeads } from '#core/audit/audit-heads.ts';
import { failingPushServices } from '#core/push-subscriptions/push-health.ts';
import type { Db, Read } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';

/** What only the process itself knows. */
export interface OwnServices {
  /** Where it listens, `host:port`. */
  readonly http: readonly string[];
  readonly radius: readonly string[];
  /** Whether new logins are dropped because there is too much to do. */
  readonly isOverloaded: boolean;
  /** Home servers asked so far, and whether each answered the last time. */
  readonly homeServers: readonly { readonly name: string; readonly answers: boolean }[];
}

/** How long a failed push counts as one of now. */
export const pushFailingMs = 3_600_000;

const service = (code: Service['code'], status: Service['status'], text: string, name = ''): Service => ({
  code,
  name,
  status,
  text,
  listens: [],
});
const listening = (it: Service, listens: readonly string[]): Service => ({ ...it, listens: [...listens] });

/** @throws Unavailable when the database does not answer */
export async function readServices(
  deps: { readonly db: Db; readonly clock: Clock },
  own: OwnServices,
): Promise<readonly Service[]> {
  const { db, clock } = deps;
  const since = clock.monotonic();
  await db.ping();
  const took = Math.round(clock.monotonic() - since);
  const product = db.dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL';
  return [
    service('database', 'ok', `${product} answers within ${took} ms.`),
    listening(service('http', 'ok', `Listens on ${own.http.join(', ')}.`), own.http),
    radiusService(own),
    ...(await pushServices(db.read, clock.now() - pushFailingMs)),
    ...own.homeServers.map(homeServer),
    await auditService(db.read),
  ];
}

function radiusService({ radius, isOverloaded }: OwnServices): Service {
  if (radius.length === 0) return service('radius', 'off', 'Does not listen for RADIUS.');
  const state = isOverloaded
    ? service('radius', 'degraded', 'Has more to do than it can do in time: new logins are dropped.')
    : service('radius', 'ok', `Listens on ${radius.join(', ')}.`);
  return listening(state, radius);
}

const homeServer = ({ name, answers }: OwnServices['homeServers'][number]): Service =>
  answers
    ? service('home_server', 'ok', 'Answered the last time.', name)
    : service('home_server', 'down', 'Did not answer the last time.', name);

async function pushServices(read: Read, since: number): Promise<readonly Service[]> {
  const any = await read.selectFrom('push_subscriptions').select('device_id').limit(1).executeTakeFirst();
  if (!any) return [service('push', 'off', 'No device is woken by push.')];
  const failing = await failingPushServices(read, since);
  if (failing.length === 0) return [service('push', 'ok', 'No push failed in the last hour.')];
  return failing.map(({ service: name, devices }) =>
    service(
      'push',
      'degraded',
      `The last push to ${devices === 1 ? 'a device' : `${devices} devices`} failed.`,
      name,
    ),
  );
}

async function auditService(read: Read): Promise<Service> {
  const heads = await readAuditHeads(read);
  const torn = heads.find(({ matches }) => !matches);
  return torn
    ? service(
        'audit',
        'down',
        `The chain “${torn.chain}” does not end as it should: run countersign audit verify.`,
      )
    : service(
        'audit',
        'ok',
        `${heads.length} ${heads.length === 1 ? 'chain' : 'chains'}, each ends as it should.`,
      );
}
