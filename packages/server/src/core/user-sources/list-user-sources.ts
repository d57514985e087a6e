// Shows the user sources of an application, in the order in which they are asked, without their bind passwords.
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import { requireApplication } from '#core/applications/get-application.ts';
import type { Db } from '#db/db.ts';
import type { Silences } from './silences.ts';
import {
  requireUserSource,
  selectUserSources,
  showUserSource,
  showUserSources,
} from './user-source-store.ts';

export interface ShowDeps {
  readonly db: Db;
  /** Of the process that asks the sources; absent where none does. */
  readonly silences?: Silences | undefined;
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function listUserSources(
  { db, silences }: ShowDeps,
  visible: string | null,
  applicationId: string,
): Promise<{ items: UserSource[] }> {
  await requireApplication(db.read, visible, applicationId);
  const rows = await selectUserSources(db.read, applicationId);
  return { items: await showUserSources(db.read, rows, silences) };
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export const getUserSource = async (
  { db, silences }: ShowDeps,
  visible: string | null,
  id: string,
): Promise<UserSource> => showUserSource(db.read, await requireUserSource(db.read, visible, id), silences);
