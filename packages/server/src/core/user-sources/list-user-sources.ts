// Shows the user sources of an application, in the order in which they are asked, without their bind passwords.
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import { requireApplication } from '#core/applications/get-application.ts';
import type { Db } from '#db/db.ts';
import {
  requireUserSource,
  selectUserSources,
  showUserSource,
  showUserSources,
} from './user-source-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function listUserSources(
  { db }: { readonly db: Db },
  visible: string | null,
  applicationId: string,
): Promise<{ items: UserSource[] }> {
  await requireApplication(db.read, visible, applicationId);
  return { items: await showUserSources(db.read, await selectUserSources(db.read, applicationId)) };
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export const getUserSource = async (
  { db }: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<UserSource> => showUserSource(db.read, await requireUserSource(db.read, visible, id));
