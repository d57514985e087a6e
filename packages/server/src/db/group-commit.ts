// Lets writes that arrive while a commit runs share the next one: the slow part of a durable write is the flush, not the rows.
// Each work runs in a savepoint of its own, so that one that fails takes nothing else with it.
import type { ControlledTransaction } from 'kysely';
import { Unavailable } from '#platform/problem.ts';
import type { Tx } from './db.ts';
import type { Tables } from './tables.ts';

/** Bounds how long one batch holds the database, and so the stall of everybody behind it. */
const maxBatch = 128;

interface Waiting {
  run(tx: ControlledTransaction<Tables>): Promise<Settle>;
  refuse(error: unknown): void;
}
/** Tells the caller how its work ended; called only after the commit. */
type Settle = () => void;

type Begin = () => Promise<ControlledTransaction<Tables>>;

export interface GroupCommit {
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Resolves when everything handed in so far is settled. */
  idle(): Promise<void>;
}

/** @param begin opens a transaction; may take its time, since nothing else is held up. */
export function createGroupCommit(begin: Begin): GroupCommit {
  const queue: Waiting[] = [];
  let running: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    // One turn of the event loop gathers what arrived with the first.
    await new Promise(setImmediate);
    while (queue.length > 0) await commitTogether(begin, queue.splice(0, maxBatch));
    running = undefined;
  };

  return {
    write(work) {
      return new Promise((resolve, reject) => {
        queue.push({ run: (tx) => runInSavepoint(tx, work, resolve, reject), refuse: reject });
        running ??= drain();
      });
    },
    idle: async () => running,
  };
}

async function commitTogether(begin: Begin, batch: readonly Waiting[]): Promise<void> {
  try {
    const tx = await begin();
    const settles: Settle[] = [];
    try {
      for (const waiting of batch) settles.push(await waiting.run(tx));
      await tx.commit().execute();
    } catch (error) {
      if (!tx.isCommitted)
        await tx
          .rollback()
          .execute()
          .catch(() => {});
      throw error;
    }
    for (const settle of settles) settle();
  } catch (error) {
    for (const waiting of batch) waiting.refuse(error);
  }
}

async function runInSavepoint<T>(
  tx: ControlledTransaction<Tables>,
  work: (tx: Tx) => Promise<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Promise<Settle> {
  const guarded = await tx.savepoint('work').execute();
  try {
    const value = await work(guarded);
    await guarded.releaseSavepoint('work').execute();
    return () => resolve(value);
  } catch (error) {
    await undo(guarded, error);
    return () => reject(error);
  }
}

/** @throws Unavailable when there is nothing left to undo: the database itself gave the whole transaction up, and with it the batch. */
async function undo(guarded: ControlledTransaction<Tables, ['work']>, cause: unknown): Promise<void> {
  try {
    await guarded.rollbackToSavepoint('work').execute();
    await guarded.releaseSavepoint('work').execute();
  } catch (error) {
    throw cause instanceof Unavailable ? cause : new Unavailable('database', error);
  }
}
