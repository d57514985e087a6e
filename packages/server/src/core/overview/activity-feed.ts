// Tells whoever looks at the activity which auth requests and onboarding processes changed, on whichever node. The rows are the truth: they are asked once a
// second for all listeners together, and only while there is one.
import type { Db, Read } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { idAt } from '#platform/id.ts';
import { repeat } from '#platform/repeat.ts';

export interface ChangedRequest {
  readonly id: string;
  readonly application_id: string;
}

/** `undefined`: more than are worth naming. */
export type Listener = (changed: readonly ChangedRequest[] | undefined) => void;

export interface ActivityFeed {
  /** @returns ends it */
  listen(listener: Listener): () => void;
  /** Waits for the round under way. */
  stop(): Promise<void>;
}

interface FeedDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
  readonly everyMs?: number;
}

const defaultEveryMs = 1000;
/** Rows of other nodes may be stamped by a clock this much behind ours, and be seen this much later. */
const overlapMs = 3000;
const maxRows = 1000;

export function createActivityFeed(deps: FeedDeps): ActivityFeed {
  const listeners = new Set<Listener>();
  let stopPolling: (() => Promise<void>) | undefined;
  let ending: Promise<void> = Promise.resolve();
  const start = () => {
    const round = createRound(deps, (changed) => {
      for (const listener of listeners) listener(changed);
    });
    stopPolling = repeat(deps.everyMs ?? defaultEveryMs, round, deps.failed);
  };
  const stop = (): Promise<void> => {
    ending = stopPolling?.() ?? ending;
    stopPolling = undefined;
    return ending;
  };
  return {
    listen(listener) {
      // Its own function, so that the same one given twice is two.
      const own: Listener = (changed) => listener(changed);
      listeners.add(own);
      if (stopPolling === undefined) start();
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) void stop();
      };
    },
    stop,
  };
}

interface Row extends ChangedRequest {
  readonly updated_at: number;
}

function createRound({ db, clock }: FeedDeps, tell: Listener): () => Promise<void> {
  let since = clock.now();
  let told = new Map<string, number>();
  return async () => {
    const started = clock.now();
    const from = since - overlapMs;
    const rows = [
      ...(await changedSince(db.read, from)),
      ...(await madeSince(db.read, from)),
      ...(await processesSince(db.read, from)),
    ];
    const seen = new Map(rows.map((row) => [row.id, row]));
    const changed = [...seen.values()].filter(({ id, updated_at }) => told.get(id) !== updated_at);
    told = new Map(rows.map(({ id, updated_at }) => [id, updated_at]));
    since = started;
    if (rows.length >= maxRows) tell(undefined);
    else if (changed.length > 0) tell(changed);
  };
}

const columns = ['id', 'application_id', 'updated_at'] as const;

const changedSince = (read: Read, since: number): Promise<Row[]> =>
  read
    .selectFrom('auth_requests')
    .select(columns)
    .where('updated_at', '>=', since)
    // As the index says; logins that were over when they were written are found by their ids.
    .whereRef('expires_at', '>', 'created_at')
    .limit(maxRows)
    .execute();

const processesSince = (read: Read, since: number): Promise<Row[]> =>
  read
    .selectFrom('onboarding_processes')
    .select(columns)
    .where('updated_at', '>=', since)
    .limit(maxRows)
    .execute();

const madeSince = (read: Read, since: number): Promise<Row[]> =>
  read
    .selectFrom('auth_requests')
    .select(columns)
    .where('id', '>=', idAt('req', since))
    .limit(maxRows)
    .execute();
