// What an application requires of a new device, for whoever administers it.
import type { Requirements } from '@countersign/contract/onboarding-models.ts';
import type { Db, Read } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import {
  findRequiringApplication,
  type RequiringApplication,
  toRequirements,
} from './application-requirements.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function getRequirements(
  { db, publicUrl }: { readonly db: Db; readonly publicUrl: string },
  visible: string | null,
  applicationId: string,
): Promise<Requirements> {
  return toRequirements(db.read, await requireRequiring(db.read, visible, applicationId), publicUrl);
}

/** @throws Problem not_found */
export async function requireRequiring(
  read: Read,
  visible: string | null,
  id: string,
): Promise<RequiringApplication> {
  const application =
    visible === null || visible === id ? await findRequiringApplication(read, { id }) : undefined;
  if (!application) throw new Problem('not_found');
  return application;
}
