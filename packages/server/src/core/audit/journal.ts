// Writes logins down: many of them share one durable commit, and the audit events that tell of them are chained in it. So the chain
// puts nobody in a queue, and nothing is acknowledged before the commit that records it.
import { type Db, SealRefused } from '#db/db.ts';
import { type Change, insertInto, writtenRow, updateOf, type Written } from '#db/row-statement.ts';
import { Unavailable } from '#platform/problem.ts';
import { macAfter, type StoredEnd, takeHead } from './audit-head.ts';
import { type AuditDeps, type AuditEntry, chainEvent } from './record-audit.ts';

/** Bounds how long one commit takes, and so the stall of everybody behind it. */
const maxBatch = 128;
/** More than this are not made to wait: what comes too late is of no use to anybody. */
const maxWaiting = 20_000;
/** How often a batch is written anew because another process wrote to the same chain. */
const maxTries = 5;

export interface Journal {
  /**
   * Writes a change, and the event that tells of it, in a commit that it shares with others.
   * @returns false when a row that it needs was not as it needs it; nothing of it was written then. @throws Unavailable
   */
  write(change: Change, event?: AuditEntry): Promise<boolean>;
  /** How many changes wait to be written. */
  waiting(): number;
}

/** How a commit went. */
export interface Committed {
  readonly changes: number;
  /** Milliseconds, from the beginning of the batch to its end. */
  readonly took: number;
}

interface Entry {
  readonly change: Change;
  readonly event: AuditEntry | undefined;
  readonly at: number;
  settle(written: boolean): void;
  fail(error: unknown): void;
}

export interface JournalDeps extends AuditDeps {
  readonly db: Db;
}

/** The journal of this process, with a chain of its own: nobody else's events come between. */
export function createJournal(
  deps: JournalDeps,
  { observe = () => {} }: { observe?: (committed: Committed) => void } = {},
): Journal {
  const commit = createCommits(deps, `${deps.auditChain}/logins`);
  let queue: Entry[] = [];
  let running = false;

  const commitAndTell = async (batch: readonly Entry[]): Promise<void> => {
    const began = deps.clock.monotonic();
    try {
      const written = await commit(batch);
      observe({ changes: batch.length, took: deps.clock.monotonic() - began });
      for (const [n, entry] of batch.entries()) entry.settle(written[n] === true);
    } catch (error) {
      // One that the database cannot take must not be the end of the others.
      if (batch.length > 1 && !(error instanceof Unavailable))
        for (const entry of batch) await commitAndTell([entry]);
      else for (const entry of batch) entry.fail(error);
    }
  };
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      await gather(() => queue.length);
      const { batch, rest } = nextBatch(queue);
      queue = rest;
      await commitAndTell(batch);
    }
    running = false;
  };

  return {
    waiting: () => queue.length,
    write: (change, event) =>
      new Promise((resolve, reject) => {
        if (queue.length >= maxWaiting)
          return reject(new Unavailable('database', new Error('too many changes wait to be written')));
        queue.push({ change, event, at: deps.clock.now(), settle: resolve, fail: reject });
        if (running) return;
        running = true;
        void drain();
      }),
  };
}

/** How many turns of the event loop a batch is gathered for at most, as long as each brings more: a flush is dear, a turn is not. */
const maxTurns = 16;

async function gather(waiting: () => number): Promise<void> {
  let before = 0;
  for (let turns = 0; turns < maxTurns && waiting() > before && waiting() < maxBatch; turns += 1) {
    before = waiting();
    await new Promise(setImmediate);
  }
}

/** Writes one batch after the other, each linked to the one before. */
function createCommits(
  deps: JournalDeps,
  chain: string,
): (batch: readonly Entry[]) => Promise<readonly boolean[]> {
  // Unknown at first, and whenever it is not known that the last commit went well.
  let head: StoredEnd | undefined;
  const tryOnce = async (batch: readonly Entry[]): Promise<readonly boolean[]> => {
    const before = head ?? (await deps.db.write((tx) => takeHead(tx, deps.vault, chain)));
    let after = before;
    head = undefined;
    const written = await deps.db.writeTogether(
      batch.map(({ change }) => change),
      (positions) => {
        const sealed = sealBatch(deps, before, entriesAt(batch, positions));
        after = sealed.after;
        return sealed.change;
      },
    );
    head = after;
    return written;
  };
  return async (batch) => {
    for (let left = maxTries; ; left -= 1) {
      try {
        return await tryOnce(batch);
      } catch (error) {
        if (!(error instanceof SealRefused)) throw error;
        if (left <= 1) throw new Unavailable('database', error);
      }
    }
  };
}

const entriesAt = (batch: readonly Entry[], positions: readonly number[]): Entry[] =>
  positions.flatMap((n) => batch[n] ?? []);

/** The first in the queue that write no row twice; who would has to wait for the next commit. */
function nextBatch(queue: readonly Entry[]): { batch: Entry[]; rest: Entry[] } {
  const touched = new Set<string>();
  const batch: Entry[] = [];
  const postponed: Entry[] = [];
  for (const entry of queue.slice(0, maxBatch)) {
    const rows = entry.change.flatMap((written) => writtenRow(written) ?? []);
    const isFree = rows.every((row) => !touched.has(row));
    (isFree ? batch : postponed).push(entry);
    for (const row of rows) touched.add(row);
  }
  return { batch, rest: [...postponed, ...queue.slice(maxBatch)] };
}

const insertEvent = insertInto('audit_events');

const moveHead = updateOf<{
  id: string;
  before: number;
  before_hash: string;
  before_mac: string;
  sequence: number;
  hash: string;
  mac: string;
}>({
  table: 'audit_heads',
  parameters: {
    id: 'text',
    before: 'bigint',
    before_hash: 'text',
    before_mac: 'text',
    sequence: 'bigint',
    hash: 'text',
    mac: 'text',
  },
  set: 'sequence = :sequence, hash = :hash, mac = :mac',
  where: `audit_heads.chain = :id and audit_heads.sequence = :before and audit_heads.hash = :before_hash
    and audit_heads.mac = :before_mac`,
  required: true,
});

function sealBatch(
  deps: JournalDeps,
  before: StoredEnd,
  entries: readonly Entry[],
): { change: Change; after: StoredEnd } {
  let { sequence, hash } = before;
  const rows: Written[] = [];
  for (const { event, at } of entries) {
    if (!event) continue;
    sequence += 1;
    const row = chainEvent(deps, { chain: before.chain, sequence, previousHash: hash, at }, event);
    hash = row.hash;
    rows.push(insertEvent(row));
  }
  if (rows.length === 0) return { change: [], after: before };
  const end = { chain: before.chain, sequence, hash };
  const mac = macAfter(deps.vault, before, end);
  const moved = moveHead({
    id: end.chain,
    before: before.sequence,
    before_hash: before.hash,
    before_mac: before.mac,
    sequence,
    hash,
    mac,
  });
  return { change: [moved, ...rows], after: { ...end, mac } };
}
