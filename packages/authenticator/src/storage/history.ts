// What was answered on this device, newest first, as much as is worth keeping.
import type { Database, HistoryEntry } from './database.ts';

export const maxHistory = 200;

export async function listHistory(db: Database): Promise<readonly HistoryEntry[]> {
  return (await db.getAllFromIndex('history', 'answeredAt')).toReversed();
}

/** Keeps an answer and lets go of the oldest ones beyond the limit, in one transaction. */
export async function addToHistory(db: Database, entry: HistoryEntry): Promise<void> {
  const transaction = db.transaction('history', 'readwrite');
  await transaction.store.put(entry);
  let surplus = (await transaction.store.count()) - maxHistory;
  let oldest = await transaction.store.index('answeredAt').openCursor();
  while (oldest && surplus > 0) {
    await oldest.delete();
    surplus -= 1;
    oldest = await oldest.continue();
  }
  await transaction.done;
}

export const clearHistory = (db: Database): Promise<void> => db.clear('history');
