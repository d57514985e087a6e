// Decides what becomes of a SCEP message whose signatures are right: a new certificate, a renewal, or how an earlier one stands.
import type { KeyObject, X509Certificate } from 'node:crypto';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Authorities } from '#core/certificates/authority.ts';
import { findCertificate } from '#core/certificates/certificate-store.ts';
import { toPem } from '#core/certificates/der.ts';
import { namesOfCertificate } from '#core/certificates/names-of-certificate.ts';
import type { Db, Tx } from '#db/db.ts';
import { isUniqueViolation } from '#db/unavailable.ts';
import { newId } from '#platform/id.ts';
import { equalInConstantTime, hashToken } from '#platform/secret.ts';
import { issueCertificate, type ScepIssuerDeps } from './issue-certificate.ts';
import {
  type CertificateRequest,
  hashKey,
  type ScepOutcome,
  type ScepProfileRow,
  type ScepRequestRow,
} from './scep.ts';
import {
  countHolding,
  countPending,
  dropExpired,
  findByTransaction,
  findRequest,
  insertRequest,
  takeChallenge,
} from './scep-store.ts';
import { readSubject } from './subject-text.ts';

/** Of one profile: whoever knows a static challenge password must not fill the database. */
export const maxPending = 500;
/**
 * So many certificates that go back to one enrolment hold at once: whoever has a key, and the right to renew with it, does not get as many
 * as they like. An early or repeated renewal has room.
 */
export const maxHolding = 5;

export type ScepDeps = Omit<ScepIssuerDeps, 'authority'> &
  AuditDeps & { readonly db: Db; readonly authorities: Pick<Authorities, 'current'> };

export interface ScepAsk {
  readonly transactionId: string;
  /** Null: asks only how the transaction stands. */
  readonly request: CertificateRequest | null;
  readonly signer: { readonly certificate: X509Certificate; readonly key: KeyObject };
}

const refused = (because: Extract<ScepOutcome, { kind: 'refused' }>['because']): ScepOutcome => ({
  kind: 'refused',
  because,
});

/** The same transaction asked again by the same key gets the same answer: an answer may have been lost. */
export async function answerScepRequest(
  deps: ScepDeps,
  profile: ScepProfileRow,
  ask: ScepAsk,
): Promise<ScepOutcome> {
  const keyHash = hashKey(ask.signer.key);
  const { request } = ask;
  const standing = async () => {
    const known = await findByTransaction(deps.db.read, profile.id, ask.transactionId);
    // What nobody decided on may be asked for once more: clients name the transaction by their key.
    if (known?.state === 'expired' && request && known.key_hash === keyHash) return undefined;
    return known && (known.key_hash === keyHash ? outcomeOf(known) : refused('badRequest'));
  };
  const known = await standing();
  if (known) return known;
  if (!request) return refused('badCertId');
  const { text, commonName } = readSubject(request.subject);
  // A device's certificate is told by such a name.
  if (text === '' || /(?:^|[=, ])dev_/i.test(text)) return refused('badRequest');
  const renews = await findRenewed(deps, profile, ask.signer.certificate, request);
  if (!renews && hashKey(request.publicKey) !== keyHash) return refused('badMessageCheck');
  const authority = await deps.authorities.current();
  try {
    return await deps.db.write(async (tx) => {
      const allowed = renews
        ? (await countHolding(tx, profile.id, renews.enrolment_id, deps.clock.now())) < maxHolding
        : await takeRight(tx, deps, profile, { request, commonName });
      if (!allowed) return refused('badRequest');
      return open(tx, { ...deps, authority }, profile, { ask, request, keyHash, text, renews });
    });
  } catch (error) {
    // The same message twice at the same time.
    if (isUniqueViolation(error)) return (await standing()) ?? refused('badRequest');
    throw error;
  }
}

function outcomeOf({ state, certificate }: ScepRequestRow): ScepOutcome {
  if (state === 'pending') return { kind: 'pending' };
  return certificate === null ? refused('badRequest') : { kind: 'issued', pem: certificate };
}

/** By which request there is a certificate of this profile's, that holds and names the same, and signed the message (RFC 8894 2.4 and 3.3.1.1). */
async function findRenewed(
  { db, clock }: ScepDeps,
  { id: profileId }: ScepProfileRow,
  certificate: X509Certificate,
  request: CertificateRequest,
): Promise<ScepRequestRow | undefined> {
  const serial = certificate.serialNumber.toLowerCase();
  const row = await findCertificate(db.read, serial);
  const now = clock.now();
  if (!row || row.scep_request_id === null || row.pem !== toPem('CERTIFICATE', certificate.raw))
    return undefined;
  // Who switches a profile off, or makes another one shorter, decides about the renewals of its own certificates.
  const by = await findRequest(db.read, row.scep_request_id);
  if (by?.profile_id !== profileId) return undefined;
  const holds = row.revoked_at === null && row.not_before <= now && row.not_after > now;
  // The new one may name nothing that the old one does not.
  const old = namesOfCertificate(certificate.raw);
  if (!holds || !old || Buffer.compare(old.subject, request.subject) !== 0) return undefined;
  if (request.names === null) return by;
  return old.names !== null && Buffer.compare(old.names, request.names) === 0 ? by : undefined;
}

interface Claim {
  readonly request: CertificateRequest;
  readonly commonName: string;
}

async function takeRight(
  tx: Tx,
  { clock }: ScepDeps,
  profile: ScepProfileRow,
  { request, commonName }: Claim,
): Promise<boolean> {
  const hash = hashToken(request.challenge);
  if (profile.approval === 'administrator' && (await countPending(tx, profile.id)) >= maxPending)
    return false;
  if (profile.challenge_hash !== null) return equalInConstantTime(hash, profile.challenge_hash);
  const lower = commonName.toLowerCase();
  const isOnlyName = request.otherNames.length === 0 && request.dnsNames.every((dns) => dns === lower);
  const name = lower !== '' && isOnlyName ? lower : null;
  return takeChallenge(tx, { profileId: profile.id, hash, name }, clock.now());
}

interface Opening {
  readonly ask: ScepAsk;
  readonly request: CertificateRequest;
  readonly keyHash: string;
  readonly text: string;
  /** Of the certificate that is renewed. */
  readonly renews: ScepRequestRow | undefined;
}

async function open(
  tx: Tx,
  deps: ScepDeps & ScepIssuerDeps,
  profile: ScepProfileRow,
  { ask, request, keyHash, text, renews }: Opening,
): Promise<ScepOutcome> {
  const now = deps.clock.now();
  await dropExpired(tx, profile.id, ask.transactionId);
  // All that is signed is seen by whoever decides.
  const names = [...request.dnsNames, ...request.otherNames];
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const id = newId(deps, 'srq');
  const asked = {
    id,
    enrolment_id: renews?.enrolment_id ?? id,
    profile_id: profile.id,
    transaction_id: ask.transactionId,
    key_hash: keyHash,
    subject_der: base64(request.subject),
    subject: text,
    public_key: base64(request.publicKey.export({ format: 'der', type: 'spki' })),
    names_der: request.names === null ? null : base64(request.names),
    dns_names: JSON.stringify(names),
    created_at: now,
  };
  const actor: Actor = { kind: 'scep_profile', id: profile.id };
  const data = { subject: text, names, renewal: renews !== undefined };
  const about = { actor, applicationId: null, subjectId: asked.id };
  if (profile.approval === 'administrator' && !renews) {
    await insertRequest(tx, {
      ...asked,
      state: 'pending',
      certificate: null,
      serial: null,
      valid_until: null,
      decided_at: null,
    });
    await recordAudit(tx, deps, { event: 'scep_request.opened', ...about, data });
    return { kind: 'pending' };
  }
  const issued = await issueCertificate(tx, deps, profile, asked);
  const { serial, certificate: pem } = issued;
  await insertRequest(tx, { ...asked, ...issued, state: 'issued', decided_at: now });
  const by = renews && { renews: renews.serial };
  await recordAudit(tx, deps, { event: 'certificate.issued', ...about, data: { ...data, ...by, serial } });
  return { kind: 'issued', pem };
}
