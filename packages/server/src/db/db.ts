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
   * @throws Unavailable when the database does not answer; nothing was written then.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
