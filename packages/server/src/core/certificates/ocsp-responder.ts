// Answers what state a certificate is in (RFC 6960, and RFC 5019 for the short ones). The answers are signed by a certificate of the
// authority's for nothing else, whose key lives in this process only: the authority's own key signs certificates and lists.
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Db } from '#db/db.ts';
import type { IdSource } from '#platform/id.ts';
import { type Authorities, type CertificateAuthority, isOpen, type KnownAuthority } from './authority.ts';
import {
  authorityKeyIdentifier,
  commonName,
  endEntityConstraints,
  extension,
  keyIdentifierOf,
  keyUsage,
  newSerial,
  publicKeyInfo,
  signCertificate,
  signStructure,
  subjectKeyIdentifier,
} from './certificate.ts';
import { type RevocationState, findCertificateState } from './certificate-store.ts';
import {
  constructed,
  type Der,
  element,
  enumerated,
  explicit,
  generalizedTime,
  objectIdentifier,
  octetString,
  primitive,
  sequence,
} from './der.ts';
import { type CertificateId, type OcspRequest, readOcspRequest } from './ocsp-request.ts';

/** Of the certificate that signs answers: nobody can revoke it (id-pkix-ocsp-nocheck), so it is short. */
const signerLifeMs = 7 * 86_400_000;
const backdatedMs = 86_400_000;
/** How long an answer holds, and how long the same bytes are given out while nothing changes. */
export const ocspAnswerMs = 3_600_000;
const keptMs = 60_000;
const maxKept = 1000;
const basicResponseType = objectIdentifier('1.3.6.1.5.5.7.48.1.1');
const nonceType = '1.3.6.1.5.5.7.48.1.2';

export interface OcspDeps extends IdSource {
  readonly db: Db;
  readonly authorities: Authorities;
}

export interface OcspResponder {
  /** @param request DER. @returns OCSPResponse, DER; one that says `malformedRequest` for what cannot be read. */
  answer(request: Uint8Array): Promise<Der>;
}

interface Signer {
  readonly privateKey: KeyObject;
  readonly keyIdentifier: Der;
  readonly certificate: Der;
  readonly renewAt: number;
}

interface Single {
  readonly id: CertificateId;
  readonly state: RevocationState | undefined;
}

/** OCSPResponse without an answer (RFC 6960 4.2.1). */
const malformedRequest = sequence(enumerated(1));
/** Of an authority whose key was taken away (RFC 5019 2.2.3). */
const unauthorized = sequence(enumerated(6));

export function createOcspResponder(deps: OcspDeps): OcspResponder {
  const { db, clock } = deps;
  const signers = new Map<string, Signer>();
  const kept = new Map<string, { readonly der: Der; readonly until: number }>();
  const signerOf = (authority: CertificateAuthority): Signer => {
    const found = signers.get(authority.id);
    if (found && clock.now() < found.renewAt) return found;
    const signer = makeSigner(deps, authority);
    signers.set(authority.id, signer);
    return signer;
  };
  const keep = (key: string, der: Der): Der => {
    if (kept.size >= maxKept) kept.clear();
    kept.set(key, { der, until: clock.now() + keptMs });
    return der;
  };
  return {
    async answer(bytes) {
      const request = readOcspRequest(bytes);
      if (!request) return malformedRequest;
      const issuer = await findIssuer(deps.authorities, request);
      if (!isOpen(issuer)) return unauthorized;
      const asked = await Promise.all(
        request.certificates.map(async (id) => ({
          id,
          // One answer is signed for one authority: what another one issued is unknown here.
          state: isIssuedBy(issuer, id)
            ? await findCertificateState(db.read, issuer.id, id.serial)
            : undefined,
        })),
      );
      const sign = () => signAnswer(signerOf(issuer), { request, asked, now: clock.now() });
      if (request.nonce) return sign();
      const key = `${issuer.id} ${asked.map(keyOf).join()}`;
      const found = kept.get(key);
      return found && found.until > clock.now() ? found.der : keep(key, sign());
    },
  };
}

/** A revocation is told at once: the state is part of what an answer is kept by. */
const keyOf = ({ id, state }: Single): string =>
  `${id.der.toString('base64')} ${state ? (state.revoked_at ?? 'good') : 'unknown'}`;

/** The authority that issued the first of ours; the one that signs now when none is. */
async function findIssuer(authorities: Authorities, { certificates }: OcspRequest): Promise<KnownAuthority> {
  const all = await authorities.all();
  const issuer = all.find((each) => certificates.some((id) => isIssuedBy(each, id)));
  return issuer ?? authorities.current();
}

function isIssuedBy(authority: KnownAuthority, id: CertificateId): boolean {
  if (id.hash === 'unknown') return false;
  const name = createHash(id.hash).update(authority.subject).digest();
  const key = createHash(id.hash).update(authority.publicKeyBits).digest();
  return name.equals(id.issuerNameHash) && key.equals(id.issuerKeyHash);
}

function makeSigner({ clock, random }: OcspDeps, authority: CertificateAuthority): Signer {
  const now = clock.now();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyIdentifier = keyIdentifierOf(publicKey);
  const noCheck = extension('1.3.6.1.5.5.7.48.1.5', element(0x05), { critical: false });
  const ocspSigning = extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.9')), {
    critical: false,
  });
  const certificate = signCertificate(
    {
      serial: newSerial(random),
      issuer: authority.subject,
      subject: commonName('Countersign OCSP'),
      publicKey: publicKeyInfo(publicKey),
      notBefore: now - backdatedMs,
      notAfter: Math.min(now + signerLifeMs, authority.notAfter),
      extensions: [
        endEntityConstraints(),
        keyUsage('digitalSignature'),
        ocspSigning,
        noCheck,
        subjectKeyIdentifier(keyIdentifier),
        authorityKeyIdentifier(authority.keyIdentifier),
      ],
    },
    authority.privateKey,
  );
  return { privateKey, keyIdentifier, certificate, renewAt: now + signerLifeMs / 2 };
}

interface Answering {
  readonly request: OcspRequest;
  readonly asked: readonly Single[];
  readonly now: number;
}

function signAnswer(signer: Signer, { request, asked, now }: Answering): Der {
  const responderByKey = explicit(2, octetString(signer.keyIdentifier));
  const nonce = request.nonce
    ? [explicit(1, sequence(extension(nonceType, octetString(request.nonce), { critical: false })))]
    : [];
  const toBeSigned = sequence(
    responderByKey,
    generalizedTime(now),
    sequence(...asked.map((single) => singleResponse(single, now))),
    ...nonce,
  );
  const basic = signStructure(toBeSigned, signer.privateKey, explicit(0, sequence(signer.certificate)));
  return sequence(enumerated(0), explicit(0, sequence(basicResponseType, octetString(basic))));
}

const singleResponse = ({ id, state }: Single, now: number): Der =>
  sequence(id.der, statusOf(state), generalizedTime(now), explicit(0, generalizedTime(now + ocspAnswerMs)));

/** CertStatus (RFC 6960 4.2.1): good [0], revoked [1], unknown [2]. */
function statusOf(state: RevocationState | undefined): Der {
  if (!state) return primitive(2, Buffer.alloc(0));
  if (state.revoked_at === null) return primitive(0, Buffer.alloc(0));
  const reason = state.revocation_reason ?? 0;
  const at = generalizedTime(state.revoked_at);
  return reason === 0 ? constructed(1, at) : constructed(1, at, explicit(0, enumerated(reason)));
}
