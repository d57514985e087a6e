// Applications that this device is being bound to: the keys that have begun, so that it goes on with them after the app was closed.
import type { Database, EnrolmentRecord } from './database.ts';

export const listEnrolments = (db: Database): Promise<readonly EnrolmentRecord[]> => db.getAll('enrolments');

/** Two tabs at once end up with the same keys: the first that is written stays. */
export async function keepEnrolment(db: Database, made: EnrolmentRecord): Promise<EnrolmentRecord> {
  const transaction = db.transaction('enrolments', 'readwrite');
  const first = await transaction.store.get(made.accessId);
  if (!first) await transaction.store.put(made);
  await transaction.done;
  return first ?? made;
}

export async function renameEnrolment(
  db: Database,
  accessId: string,
  applicationName: string,
): Promise<void> {
  const transaction = db.transaction('enrolments', 'readwrite');
  const record = await transaction.store.get(accessId);
  if (record) await transaction.store.put({ ...record, applicationName });
  await transaction.done;
}

export const forgetEnrolment = (db: Database, accessId: string): Promise<void> =>
  db.delete('enrolments', accessId);
