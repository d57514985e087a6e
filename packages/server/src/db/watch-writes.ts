// Makes health tell the truth about writing: a full or read-only disk, or a PostgreSQL that became a replica, can still be read from.
import { sql } from 'kysely';
import { Unavailable } from '#platform/problem.ts';
import type { Db } from './db.ts';

/**
 * The same database, whose `ping` fails after a write failed for want of it, until one goes through again. As long as writes go well it
 * costs nothing; afterwards each `ping` tries one of its own, so that it recovers without anybody having to log in.
 */
export function watchWrites(db: Db): Db {
  let broken = false;
  const watch = async <T>(write: Promise<T>): Promise<T> => {
    try {
      return await write;
    } catch (error) {
      if (error instanceof Unavailable) broken = true;
      throw error;
    }
  };
  return {
    ...db,
    write: (work) => watch(db.write(work)),
    writeTogether: (changes, seal) => watch(db.writeTogether(changes, seal)),
    async ping() {
      await db.ping();
      if (!broken) return;
      // Changes nothing, but has to be written all the same; a transaction without a row would not touch the disk.
      await db.write((tx) => sql`update schema_migrations set number = number`.execute(tx));
      broken = false;
    },
  };
}
