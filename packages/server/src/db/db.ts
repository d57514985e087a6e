// What the rest of the server sees of a database: reads, and one door for writes, so that writes can share commits.
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export type Read = Kysely<Tables>;

/** A read-write transaction. Inside one: no network, no hashing, no waiting for anything but the database. */
export type Tx = Transaction<Tables>;

export interface Db {
  readonly dialect: 'sqlite' | 'postgres';
  /** For queries outside a transaction; sees what was committed. */
  readonly read: Read;
  /**
   * Runs `work` in a transaction and resolves once it is durable. When `work` throws, what it wrote is undone and the error passed on.
   * @throws Unavailable when the database does not answer. Nothing was written then, save for one case: a connection that breaks while
   *   PostgreSQL commits leaves open whether it did. So `Unavailable` means “not known to be written”: refuse, and do not act on it.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** How commits are doing, for metrics and for turning new work away; absent where writes do not share commits. */
  readonly commits?: {
    /** Writes that wait for theirs. */
    waiting(): number;
    tell(listener: (commit: Commit) => void): void;
  };
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A commit that is over: how many writes shared it, and milliseconds from its first write to durable. */
export interface Commit {
  readonly writes: number;
  readonly ms: number;
}
