// Shows the OpenID providers of an application, without their client secrets.
import type { OpenidProvider } from '@countersign/contract/openid-models.ts';
import { requireApplication } from '#core/applications/get-application.ts';
import type { Db } from '#db/db.ts';
import { requireProvider, selectProviders, showProvider } from './openid-provider-store.ts';

interface ReadDeps {
  readonly db: Db;
  readonly publicUrl: string;
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function listOpenidProviders(
  { db: { read }, publicUrl }: ReadDeps,
  visible: string | null,
  applicationId: string,
): Promise<{ items: OpenidProvider[] }> {
  await requireApplication(read, visible, applicationId);
  const rows = await selectProviders(read, applicationId);
  return { items: await Promise.all(rows.map((row) => showProvider(read, row, publicUrl))) };
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export const getOpenidProvider = async (
  { db: { read }, publicUrl }: ReadDeps,
  visible: string | null,
  id: string,
): Promise<OpenidProvider> => showProvider(read, await requireProvider(read, visible, id), publicUrl);
