// How pushes are doing, for whoever looks after the server.
import { type PushFailure, pushFailures } from '@countersign/contract/push-failures.ts';
import type { Read } from '#db/db.ts';

export interface PushHealth {
  readonly active: number;
  /** Subscriptions whose last push failed since then. */
  readonly failing: number;
  /** The newest of these. */
  readonly last: {
    /** Origin of the push service. */
    readonly service: string;
    readonly cause: PushFailure;
    /** In words, with the status where there was one. */
    readonly words: string;
    /** Epoch milliseconds. */
    readonly at: number;
  } | null;
}

/** @param since epoch milliseconds */
export async function readPushHealth(read: Read, since: number): Promise<PushHealth> {
  const { active, failing } = await read
    .selectFrom('push_subscriptions')
    .select((e) => [
      e.fn.count<number>('proved_at').as('active'),
      e.fn.sum<number | null>(e.case().when('failed_at', '>=', since).then(1).else(0).end()).as('failing'),
    ])
    .executeTakeFirstOrThrow();
  const row = await read
    .selectFrom('push_subscriptions')
    .select(['service', 'failure', 'failure_status', 'failed_at'])
    .where('failed_at', '>=', since)
    .orderBy('failed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { active, failing: Number(failing ?? 0), last: row ? lastOf(row) : null };
}

function lastOf({
  service,
  failure,
  failure_status: status,
  failed_at: at,
}: {
  service: string;
  failure: PushFailure | null;
  failure_status: number | null;
  failed_at: number | null;
}): PushHealth['last'] {
  if (failure === null || at === null) return null;
  const words = status === null ? pushFailures[failure] : `${pushFailures[failure]} (status ${status})`;
  return { service, cause: failure, words, at };
}

export interface FailingPushService {
  /** Origin of the push service. */
  readonly service: string;
  /** Devices whose last push failed. */
  readonly devices: number;
  /** The first of these, epoch milliseconds. */
  readonly since: number;
}

const maxServices = 50;

/** Push services that the last push to some device did not reach. @param since epoch milliseconds */
export async function failingPushServices(read: Read, since: number): Promise<readonly FailingPushService[]> {
  const rows = await read
    .selectFrom('push_subscriptions')
    .select((e) => ['service', e.fn.countAll<number>().as('devices'), e.fn.min('failed_at').as('since')])
    .where('failed_at', '>=', since)
    .groupBy('service')
    .orderBy('service')
    .limit(maxServices)
    .execute();
  return rows.map((row) => ({ ...row, since: row.since ?? since }));
}
