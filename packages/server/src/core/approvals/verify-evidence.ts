// Verifies evidence offline: nothing is needed but its text and the certificate of the authority that is trusted. Every byte of the
// text counts: what no signature covers must stand in the one form in which it is written.
import { createHash, verify, X509Certificate } from 'node:crypto';
import type { AnswerPayload } from '@countersign/contract/device-models.ts';
import { Evidence } from '@countersign/contract/models.ts';
import { isSignatureAlgorithm } from '#core/certificates/certificate.ts';
import { namesDevice } from '#core/certificates/names-device.ts';
import { fromCanonicalPem, splitSigned } from '#core/certificates/der.ts';
import { type PublicJwk, readPublicJwk } from '#core/devices/p256.ts';
import { checkAssertion, readDemand } from '#core/devices/user-verification.ts';
import { readAnswer } from './answer.ts';
import { type EvidenceFault, evidenceFaults, type EvidenceVerdict, writeEvidence } from './evidence.ts';

const clockToleranceMs = 60_000;
const clientAuthentication = '1.3.6.1.5.5.7.3.2';

/** @param text what `writeEvidence` wrote, or its bytes. @param trustedCaPem the trusted authority's certificate. Never throws. */
export function verifyEvidence(text: string | Uint8Array, trustedCaPem: string): EvidenceVerdict {
  try {
    return examine(text, trustedCaPem);
  } catch (error) {
    if (error instanceof Refusal) return refused(error.fault);
    throw error;
  }
}

/** Ends an examination; never leaves this file. */
class Refusal extends Error {
  readonly fault: EvidenceFault;

  constructor(fault: EvidenceFault) {
    super(fault);
    this.fault = fault;
  }
}

const refused = (fault: EvidenceFault): EvidenceVerdict => ({
  kind: 'refused',
  fault,
  sentence: evidenceFaults[fault],
});

function demand(condition: boolean, fault: EvidenceFault): asserts condition {
  if (!condition) throw new Refusal(fault);
}

/** What `compute` gives; whatever it throws is this fault. */
function attempt<T>(compute: () => T, fault: EvidenceFault): T {
  try {
    return compute();
  } catch {
    throw new Refusal(fault);
  }
}

function examine(input: string | Uint8Array, trustedCaPem: string): EvidenceVerdict {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  const bundle = readBundle(text);
  demand(writeEvidence(bundle) === text, 'not_canonical');
  const chain = readChain(bundle, trustedCaPem);
  const [certificate] = chain;
  demand(certificate !== undefined && isDeviceCertificate(certificate), 'certificate_usage');
  const reading = readAnswer(bundle.answer, readKey(certificate));
  demand(reading.kind === 'ok', 'answer_unreadable');
  const answer = reading.payload;
  demand(namesDevice(certificate, answer.device_id), 'device_differs');
  // A lone surrogate would have the digest of another text.
  demand(bundle.content.isWellFormed(), 'content_unreadable');
  const digest = createHash('sha256').update(bundle.content).digest('base64url');
  demand(answer.shown === digest, 'content_differs');
  const content = readContent(bundle.content);
  demandSameRequest(bundle, content, answer);
  demandNumber(bundle, content, answer);
  demandVerification(content, answer);
  demandTime(answer.iat * 1000, content, chain);
  return {
    kind: 'genuine',
    decision: answer.decision,
    deviceId: answer.device_id,
    requestId: answer.request_id,
    at: answer.iat * 1000,
    username: content.username,
    application: content.application,
    title: content.title,
    userVerified: answer.verification !== undefined,
  };
}

const decodeUtf8 = (bytes: Uint8Array): string =>
  attempt(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), 'not_text');

function readBundle(text: string): Evidence {
  const value: unknown = attempt((): unknown => JSON.parse(text), 'not_evidence');
  const bundle = Evidence.strict().safeParse(value);
  demand(bundle.success, 'not_evidence');
  return bundle.data;
}

/** The device's certificate and its issuers; the last one is the trusted authority itself. */
function readChain({ certificate, chain }: Evidence, trustedCaPem: string): readonly X509Certificate[] {
  const trusted = readCertificate(
    attempt(() => new X509Certificate(trustedCaPem).toString(), 'chain_broken'),
  );
  const certificates = [certificate, ...chain].map(readCertificate);
  demand(certificates.length > 1 && certificates.length <= 5, 'chain_broken');
  demand(certificates.at(-1)?.raw.equals(trusted.raw) === true, 'chain_broken');
  certificates.forEach((subject, index) => {
    const issuer = certificates[index + 1];
    // Only the trusted authority signed itself, so that no certificate can stand twice.
    demand(!issuer?.raw.equals(subject.raw) && isIssuedBy(subject, issuer ?? trusted), 'chain_broken');
  });
  return certificates;
}

function readCertificate(pem: string): X509Certificate {
  const der = fromCanonicalPem('CERTIFICATE', pem);
  // Bits that no signature covers must stand as they are always written.
  const signed = der && splitSigned(der);
  demand(signed !== undefined && isSignatureAlgorithm(signed.algorithm), 'certificate_unreadable');
  return attempt(() => new X509Certificate(pem), 'certificate_unreadable');
}

function isIssuedBy(subject: X509Certificate, issuer: X509Certificate): boolean {
  const signed = splitSigned(subject.raw);
  if (!signed || !issuer.ca || !subject.checkIssued(issuer)) return false;
  return attempt(
    () => verify('sha256', signed.toBeSigned, issuer.publicKey, signed.signature),
    'chain_broken',
  );
}

const isDeviceCertificate = (certificate: X509Certificate): boolean =>
  !certificate.ca && (certificate.keyUsage ?? []).includes(clientAuthentication);

function readKey(certificate: X509Certificate): PublicJwk {
  const signer = attempt(
    () => readPublicJwk(certificate.publicKey.export({ format: 'jwk' })),
    'certificate_usage',
  );
  demand(signer !== undefined, 'certificate_usage');
  return signer.jwk;
}

/** The part of what was shown that must agree with the rest. */
interface ShownContent {
  readonly request_id: unknown;
  readonly challenge_id: unknown;
  readonly nonce: unknown;
  readonly created_at: number;
  readonly expires_at: number;
  readonly asksNumber: boolean;
  readonly verification: ReturnType<typeof readDemand>;
  readonly username: string;
  readonly application: string;
  readonly title: string;
}

function readContent(text: string): ShownContent {
  const value = attempt(() => JSON.parse(text) as Readonly<Record<string, unknown>>, 'content_unreadable');
  demand(typeof value === 'object' && value !== null, 'content_unreadable');
  const { created_at, expires_at, application, username, title } = value;
  demand(Number.isSafeInteger(created_at) && Number.isSafeInteger(expires_at), 'content_unreadable');
  return {
    request_id: value.request_id,
    challenge_id: value.challenge_id,
    nonce: value.nonce,
    created_at: Number(created_at),
    expires_at: Number(expires_at),
    asksNumber: value.number !== undefined,
    verification: readDemand(value),
    username: String(username),
    application: String((application as { name?: unknown } | undefined)?.name),
    title: String(title),
  };
}

function demandSameRequest(bundle: Evidence, content: ShownContent, answer: AnswerPayload): void {
  const { request_id, challenge_id, nonce } = answer;
  demand(content.request_id === request_id && bundle.request_id === request_id, 'ids_differ');
  demand(content.challenge_id === challenge_id && bundle.challenge_id === challenge_id, 'ids_differ');
  demand(content.nonce === nonce, 'ids_differ');
}

/** A number stands in the bundle when, and only when, one was asked for and the answer approves: nothing else could vouch for it. */
function demandNumber(bundle: Evidence, content: ShownContent, answer: AnswerPayload): void {
  const needed = content.asksNumber && answer.decision === 'approve';
  demand(bundle.number === (answer.number ?? null), 'number_differs');
  demand((bundle.number !== null) === needed, 'number_differs');
}

/** An approval has it when, and only when, it was demanded. The device vouches for the key: it stands in what the device signed. */
function demandVerification({ verification: wanted }: ShownContent, answer: AnswerPayload): void {
  const needed = wanted !== 'none' && answer.decision === 'approve';
  demand(needed === (answer.verification !== undefined), 'user_not_verified');
  if (!answer.verification) return;
  demand(typeof wanted === 'object', 'user_not_verified');
  const { kind } = checkAssertion(wanted, answer, answer.verification);
  demand(kind === 'verified', 'user_not_verified');
}

function demandTime(at: number, content: ShownContent, chain: readonly X509Certificate[]): void {
  demand(at >= content.created_at - clockToleranceMs, 'time_outside');
  demand(at <= content.expires_at + clockToleranceMs, 'time_outside');
  const covers = ({ validFrom, validTo }: X509Certificate) =>
    Date.parse(validFrom) <= at && at <= Date.parse(validTo);
  demand(chain.every(covers), 'certificate_dates');
}
