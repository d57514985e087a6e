// An authority that is signed elsewhere: its key is made here and never leaves, a request goes out, and its certificate comes back.
import { X509Certificate } from 'node:crypto';
import type { AuthorityKey } from '@countersign/contract/authority-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Read } from '#db/db.ts';
import { uuid4 } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { type Authorities, chainOf } from './authority.ts';
import { insertAuthority } from './authority-store.ts';
import { keyUsageOf } from './public-key-use.ts';
import { isAuthorityKey, writeAuthorityRequest } from './authority-request.ts';
import { intermediateName, newKeyPair } from './build-authority.ts';
import { isSignatureAlgorithm } from './certificate.ts';
import { insertCertificate } from './certificate-store.ts';
import { type CreateAuthorityDeps, sealKey } from './create-certificate-authority.ts';
import { splitSigned, toPem } from './der.ts';

export type ImportAuthorityDeps = AuditDeps &
  CreateAuthorityDeps & { readonly db: Db; readonly authorities: Pick<Authorities, 'all'> };

/** How many wait at most; the oldest makes room. */
const mostRequests = 5;
const mostIssuers = 3;
const mostText = 100_000;

/** Makes a key, and the request for its certificate. @returns PEM (PKCS #10) */
export async function requestAuthority(
  deps: ImportAuthorityDeps,
  actor: Actor,
  { key }: { readonly key: AuthorityKey },
): Promise<string> {
  const keys = await newKeyPair(key);
  const id = uuid4(deps.random);
  const name = new URL(deps.publicUrl).hostname;
  const request = writeAuthorityRequest(intermediateName(id, name), keys);
  const row = { id, request, private_key: sealKey(deps, id, keys), created_at: deps.clock.now() };
  await deps.db.write(async (tx) => {
    const old = await waiting(tx);
    const spare = old.slice(mostRequests - 1).map((each) => each.id);
    if (spare.length > 0) await tx.deleteFrom('authority_requests').where('id', 'in', spare).execute();
    await tx.insertInto('authority_requests').values(row).execute();
    const event = 'certificate_authority.requested' as const;
    await recordAudit(tx, deps, { event, actor, subjectId: id, data: { key } });
  });
  return request;
}

const waiting = (read: Read) =>
  read.selectFrom('authority_requests').selectAll().orderBy('created_at', 'desc').execute();

/**
 * Takes the certificate that somebody made of a request, and its issuers up to the one that signed itself (those of our own root need
 * not be there). From then on it signs.
 * @returns the id of the authority. @throws Problem authority_unsuitable
 */
export async function importAuthority(
  deps: ImportAuthorityDeps,
  actor: Actor,
  text: string,
): Promise<string> {
  const [certificate, ...given] = readCertificates(text);
  if (!certificate) throw unsuitable('there is no certificate in it');
  const request = (await waiting(deps.db.read)).find((row) => belongsTo(certificate, row.request));
  if (!request) throw unsuitable('it is for none of the keys that were made here for a request');
  const roots = (await deps.authorities.all()).filter(({ kind }) => kind === 'root');
  const own = roots.find((each) => certificate.checkIssued(new X509Certificate(each.certificate)));
  const issuers = own ? chainOf(own).map((pem) => new X509Certificate(pem)) : given;
  mustBeAuthorities([certificate, ...issuers], deps.clock.now());
  const [pem = '', ...above] = [certificate, ...issuers].map(({ raw }) => toPem('CERTIFICATE', raw));
  await deps.db.write(async (tx) => {
    const taken = await tx
      .deleteFrom('authority_requests')
      .where('id', '=', request.id)
      .returning('id')
      .execute();
    if (taken.length === 0) throw unsuitable('it was brought a moment ago');
    const { id, private_key } = request;
    const kept = { certificate: pem, issuers: JSON.stringify(above), created_at: deps.clock.now() };
    await insertAuthority(tx, { ...kept, id, kind: 'intermediate', private_key });
    if (own) await insertCertificate(tx, rowOf(certificate, pem, own.id));
    await recordAudit(tx, deps, { event: 'certificate_authority.imported', actor, subjectId: id });
  });
  return request.id;
}

const rowOf = ({ serialNumber, validFrom, validTo }: X509Certificate, pem: string, rootId: string) => ({
  ...{ serial: serialNumber.toLowerCase(), pem, authority_id: rootId, device_id: '' },
  ...{ subject: 'Countersign Issuing CA', revoked_at: null, revocation_reason: null },
  ...{ not_before: Date.parse(validFrom), not_after: Date.parse(validTo) },
});

const unsuitable = (why: string): Problem => new Problem('authority_unsuitable', why);

function readCertificates(text: string): readonly X509Certificate[] {
  const found =
    text.length > mostText ? null : text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if ((found?.length ?? 0) > 1 + mostIssuers) throw unsuitable('there are too many certificates in it');
  try {
    return (found ?? []).map((pem) => new X509Certificate(pem));
  } catch {
    throw unsuitable('a certificate in it cannot be read');
  }
}

const belongsTo = ({ publicKey }: X509Certificate, request: string): boolean =>
  Buffer.from(request.replace(/-----[^-]+-----/g, ''), 'base64').includes(
    publicKey.export({ format: 'der', type: 'spki' }),
  );

/** From the one that is to sign here up to the one that signed itself. */
function mustBeAuthorities(chain: readonly X509Certificate[], now: number): void {
  chain.forEach((each, index) => {
    const issuer = chain[index + 1] ?? each;
    const who = index === 0 ? 'it' : `the issuer ${each.subject.replaceAll('\n', ', ')}`;
    if (!each.ca) throw unsuitable(`${who} is not the certificate of an authority`);
    if (!maySign(each)) throw unsuitable(`${who} may not sign certificates and lists`);
    if (!isAuthorityKey(each.publicKey) && index === 0) throw unsuitable(`${who} has another kind of key`);
    if (!isSignatureAlgorithm(splitSigned(each.raw)?.algorithm ?? Buffer.alloc(0)))
      throw unsuitable(`${who} is not signed with SHA-256 by a P-256 or RSA key`);
    if (!each.checkIssued(issuer) || !each.verify(issuer.publicKey))
      throw unsuitable(`the issuer of ${each.subject.replaceAll('\n', ', ')} is missing`);
    if (Date.parse(each.validFrom) > now || Date.parse(each.validTo) <= now)
      throw unsuitable(`${who} is outside its dates`);
  });
}

/** keyCertSign and cRLSign (RFC 5280 4.2.1.3). */
const signingBits = 0x06;

/** A certificate that does not say what its key is for may do everything. */
const maySign = ({ raw }: X509Certificate): boolean => (keyUsageOf(raw) & signingBits) === signingBits;
