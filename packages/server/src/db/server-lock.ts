// Lets one server at a time work on a data directory. The lock is SQLite's own on a file beside the database: the system gives it up
// with the process, however that ends, so nothing is left behind that a person would have to remove.
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';

/** Kept from the garbage collector, which would close the file and with it end the lock. */
const held = new Set<SqliteDatabase.Database>();

/**
 * Takes the lock; the command line does without it and works beside the server.
 * @returns gives the lock back; undefined when another process has it. @throws what SQLite says when the file cannot be made
 */
export function takeServerLock(directory: string): (() => void) | undefined {
  const file = new SqliteDatabase(join(directory, 'server.lock'), { timeout: 0 });
  try {
    // Written to by nobody: the file stays empty, and only the lock on it counts.
    file.exec('begin exclusive');
  } catch (error) {
    file.close();
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
  held.add(file);
  return () => {
    held.delete(file);
    file.close();
  };
}
