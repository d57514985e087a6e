// Fetches an image of an application for whoever knows its digest: phones and consoles show it.
import type { ImageType } from '@countersign/contract/images.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { selectImage } from './application-image-store.ts';

/** @param accessId of the application. @throws Problem not_found, also for an image that was replaced */
export async function getApplicationImage(
  deps: { readonly db: Db },
  { accessId, digest }: { readonly accessId: string; readonly digest: string },
): Promise<{ readonly type: ImageType; readonly bytes: Uint8Array }> {
  const image = await selectImage(deps.db.read, accessId, digest);
  if (!image) throw new Problem('not_found');
  return { type: image.type, bytes: Buffer.from(image.content, 'base64') };
}
