// Under which public URL each device was bound: it goes on calling that one, and its proofs name it. The certificate remembers it, as
// the place of the revocation list.
import type { Read } from '#db/db.ts';
import { revocationListType } from './certificate.ts';
import { fromCanonicalPem, objectIdentifier } from './der.ts';
import { revocationListPath } from './public-places.ts';

const pageSize = 1000;
const mostCertificates = 100_000;

/** Devices that are bound now, counted by the public URL they were bound under; of more than 100,000 devices some. */
export async function countPublicUrls(read: Read): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let after = '';
  for (let seen = 0; seen < mostCertificates; seen += pageSize) {
    const rows = await read
      .selectFrom('certificates')
      .innerJoin('devices', 'devices.certificate_serial', 'certificates.serial')
      .select(['certificates.serial', 'certificates.pem'])
      .where('devices.revoked_at', 'is', null)
      .where('certificates.serial', '>', after)
      .orderBy('certificates.serial')
      .limit(pageSize)
      .execute();
    for (const url of rows.flatMap(({ pem }) => publicUrlOfCertificate(pem) ?? []))
      counts.set(url, (counts.get(url) ?? 0) + 1);
    after = rows.at(-1)?.serial ?? after;
    if (rows.length < pageSize) break;
  }
  return counts;
}

/** @returns undefined unless it is a certificate that we made for a device */
function publicUrlOfCertificate(pem: string): string | undefined {
  const der = fromCanonicalPem('CERTIFICATE', pem);
  const at = der?.indexOf(objectIdentifier(revocationListType)) ?? -1;
  if (!der || at < 0) return undefined;
  const [text = ''] = /https?:\/\/[\x21-\x7e]+/.exec(der.toString('latin1', at)) ?? [];
  const end = text.indexOf(revocationListPath);
  return end < 0 ? undefined : text.slice(0, end);
}
