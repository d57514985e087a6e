// SQL of the images of applications.
import type { ImageKind } from '@countersign/contract/images.ts';
import type { Insertable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { ApplicationImageTable } from '#db/application-tables.ts';

export async function keepImage(tx: Tx, row: Insertable<ApplicationImageTable>): Promise<void> {
  const { application_id: _, kind: __, ...set } = row;
  await tx
    .insertInto('application_images')
    .values(row)
    .onConflict((c) => c.columns(['application_id', 'kind']).doUpdateSet(set))
    .execute();
}

export async function removeImage(tx: Tx, applicationId: string, kind: ImageKind): Promise<void> {
  await tx
    .deleteFrom('application_images')
    .where('application_id', '=', applicationId)
    .where('kind', '=', kind)
    .execute();
}

/** @param accessId a UUID; letter case does not count (RFC 9562 4). */
export const selectImage = (read: Read, accessId: string, digest: string) =>
  read
    .selectFrom('application_images as i')
    .innerJoin('applications as a', 'a.id', 'i.application_id')
    .select(['i.type', 'i.content'])
    .where('a.access_id', '=', accessId.toLowerCase())
    .where('i.digest', '=', digest)
    .executeTakeFirst();
