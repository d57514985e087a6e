// What the rest of the server sees of a database: reads, and one door for writes, so that writes can share commits.
import type { Kysely, Transaction } from 'kysely';
import type { Change, Find, Row } from './row-statement.ts';
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
  /** Looks one row up outside a transaction. On PostgreSQL, look-ups of one moment share a round trip. @throws Unavailable */
  find<P extends Row, R>(find: Find<P, R>, parameters: P): Promise<R | undefined>;
  /** The same where several rows may be found; in the order that the statement gives them. @throws Unavailable */
  findAll<P extends Row, R>(find: Find<P, R>, parameters: P): Promise<readonly R[]>;
  /**
   * Writes many changes in one durable commit and, on PostgreSQL, one round trip. No two of them may change the same row.
   * @param seal what is written with them, once it is known which were not refused (by their positions).
   * @returns for each change whether it was written. @throws SealRefused, Unavailable; then nothing is known to be written
   */
  writeTogether(changes: readonly Change[], seal: Seal): Promise<readonly boolean[]>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type Seal = (written: readonly number[]) => Change;

/** What was to be written with all changes was refused itself: somebody else wrote in between. */
export class SealRefused extends Error {}
