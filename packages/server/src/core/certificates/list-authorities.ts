// The certificate authorities as administrators see them: who signs, until when, and where the keys are.
import { X509Certificate } from 'node:crypto';
import type { CertificateAuthority } from '@countersign/contract/authority-models.ts';
import type { Db, Read } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { type AuthorityRow, findSigningId, findUnnamedId, selectAuthorities } from './authority-store.ts';
import { revocationListPath, revocationListUrl } from './public-places.ts';

export interface ListAuthoritiesDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly publicUrl: string;
}

/** Newest first. @param visible null; a caller who is limited to one application sees none */
export async function listAuthorities(
  deps: ListAuthoritiesDeps,
  visible: string | null,
): Promise<{ items: CertificateAuthority[] }> {
  const { read } = deps.db;
  if (visible !== null) return { items: [] };
  const [rows, signing, unnamed, counts] = await Promise.all([
    selectAuthorities(read),
    findSigningId(read),
    findUnnamedId(read),
    countHolding(read, deps.clock.now()),
  ]);
  const items = rows.map((row) => ({
    ...describe(row),
    signs: row.id === signing,
    revocation_list_url: listUrlOf(deps.publicUrl, row, unnamed),
    certificates: counts.get(row.id) ?? 0,
  }));
  return { items };
}

function listUrlOf(publicUrl: string, { id, kind }: AuthorityRow, unnamed: string | undefined): string {
  if (kind === 'external') return '';
  return id === unnamed && kind === 'single'
    ? `${publicUrl}${revocationListPath}`
    : revocationListUrl(publicUrl, id);
}

async function countHolding(read: Read, now: number): Promise<ReadonlyMap<string, number>> {
  const rows = await read
    .selectFrom('certificates')
    .select((e) => ['authority_id', e.fn.countAll<number>().as('count')])
    .where('revoked_at', 'is', null)
    .where('not_after', '>', now)
    .groupBy('authority_id')
    .execute();
  return new Map(rows.map(({ authority_id: id, count }) => [id, Number(count)]));
}

function describe({ id, kind, certificate: pem, private_key: key, created_at }: AuthorityRow) {
  const certificate = new X509Certificate(pem);
  return {
    ...{ id, kind, certificate: pem, created_at, has_key: key !== '' },
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    key: describeKey(certificate),
    fingerprint: certificate.fingerprint256,
    not_before: Date.parse(certificate.validFrom),
    not_after: Date.parse(certificate.validTo),
  };
}

/** For people: without the backslashes that RFC 4514 wants before commas. */
const oneLine = (name: string): string => name.replaceAll('\n', ', ').replace(/\\(.)/g, '$1');

function describeKey({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  if (publicKey.asymmetricKeyType === 'rsa') return `RSA ${modulusLength ?? ''}`;
  return namedCurve === 'prime256v1' ? 'P-256' : (namedCurve ?? publicKey.asymmetricKeyType ?? '');
}
