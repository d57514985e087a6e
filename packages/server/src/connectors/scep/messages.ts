// PKIOperation (RFC 8894 3.3) as a client has it: what is asked, and what an answer is worth. Nothing that was not checked leaves this file.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { readBer } from '#core/certificates/ber.ts';
import {
  attribute,
  contentOf,
  nameOfCertificate,
  oids,
  openEnvelope,
  readCertificatesOnly,
  readEnvelope,
  signData,
  strongestCipher,
  writeEnvelope,
} from '#core/certificates/cms.ts';
import { type Der, element, octetString, sequence } from '#core/certificates/der.ts';
import { readSignedAnswer, scepAttributes, type SignedMessage } from '#core/certificates/signed-message.ts';
import type { ScepAnswer, ScepAsking } from '#core/certificate-sources/scep-client.ts';

/** messageType (RFC 8894 3.2.1.2). */
const messageTypes = { enrol: '19', poll: '20' } as const;
const certRep = '3';
/** failInfo (RFC 8894 3.2.1.4.5). */
const failures: ReadonlyMap<string, string> = new Map([
  ['0', 'badAlg: it does not take the algorithms'],
  ['1', 'badMessageCheck: it could not verify or open the message'],
  ['2', 'badRequest: it does not issue this, or the challenge password is not right'],
  ['3', 'badTime: the time of the message is too far from its own'],
  ['4', 'badCertId: it knows of no such request'],
]);

const printable = (text: string): Der => element(0x13, Buffer.from(text, 'latin1'));

/** @param nonce 16 bytes @returns the message, DER */
export function writeMessage(
  { ask, authority, registrar, request, transactionId }: ScepAsking,
  nonce: Uint8Array,
): Der {
  const recipient = new X509Certificate(authority.registrars[0] ?? authority.certificate);
  const own = new X509Certificate(registrar.certificate).raw;
  const signer = nameOfCertificate(own);
  return signData({
    content: writeEnvelope(ask === 'enrol' ? request : issuerAndSubject(authority.certificate, request), {
      cipher: strongestCipher,
      recipient: nameOfCertificate(recipient.raw),
      key: recipient.publicKey,
    }),
    attributes: [
      attribute(scepAttributes.messageType, printable(messageTypes[ask])),
      attribute(scepAttributes.transactionId, printable(transactionId)),
      attribute(scepAttributes.senderNonce, octetString(nonce)),
    ],
    certificate: own,
    signer,
    privateKey: registrar.privateKey,
  });
}

/** RFC 8894 3.3.3: who is to issue, and for whom. */
function issuerAndSubject(authorityPem: string, request: Uint8Array): Der {
  const authority = readBer(new X509Certificate(authorityPem).raw);
  // TBSCertificate: [0] version, serialNumber, signature, issuer, validity, subject; CertificationRequestInfo: version, subject.
  const fields = authority?.members[0]?.members.filter(({ tag }) => tag !== 0xa0);
  const issuer = fields?.[4]?.whole;
  const subject = readBer(request)?.members[0]?.members[1]?.whole;
  if (!issuer || !subject) throw new Error('an authority or a certificate request cannot be read');
  return sequence(issuer, subject);
}

const refused = (detail: string): ScepAnswer => ({ kind: 'refused', detail });

/** @returns in words why it is not believed, whatever it says */
export function faultOfSigner(
  { digest, signer }: SignedMessage,
  { authority, acceptSha1 }: Pick<ScepAsking, 'authority' | 'acceptSha1'>,
): string | undefined {
  const pinned = [...authority.registrars, authority.certificate].map((pem) => new X509Certificate(pem));
  if (!pinned.some(({ raw }) => raw.equals(signer.certificate.raw)))
    return 'its answer is signed by somebody who does not stand in the settings';
  // What is issued proves itself (judge-issued.ts), so that an owner may let this pass: ADR 0025.
  if (digest === 'sha1' && !acceptSha1)
    return 'its answer is signed with SHA-1; let it sign with SHA-256, or take such answers by the settings (“Take answers signed with SHA-1”, accept_sha1_answers)';
  return undefined;
}

/** @param nonce that the question had */
export function readAnswer(bytes: Uint8Array, asking: ScepAsking, nonce: Uint8Array): ScepAnswer {
  const { registrar, transactionId } = asking;
  const answer = readSignedAnswer(bytes);
  if (!answer) return refused('its answer is no signed message, or the signature is wrong');
  const fault = faultOfSigner(answer, asking);
  if (fault !== undefined) return refused(fault);
  if (answer.messageType !== certRep) return refused('its answer is no answer to a request');
  if (answer.transactionId !== transactionId) return refused('its answer is one of another transaction');
  if (answer.recipientNonce?.equals(nonce) !== true) return refused('its answer is one to another question');
  if (answer.pkiStatus === '3') return { kind: 'pending' };
  if (answer.pkiStatus === '2')
    return refused(`it refused (${failures.get(answer.failInfo) ?? 'it does not say why'})`);
  if (answer.pkiStatus !== '0') return refused('its answer has no status that is known');
  return openIssued(answer.content, registrar);
}

function openIssued(
  content: Uint8Array,
  { certificate, privateKey }: { readonly certificate: string; readonly privateKey: KeyObject },
): ScepAnswer {
  const own = nameOfCertificate(new X509Certificate(certificate).raw);
  const envelope = readEnvelope(contentOf(readBer(content), oids.envelopedData), own);
  if (!envelope) return refused('its answer is not encrypted to this server with AES');
  if (envelope.cipher.isLegacy) return refused('its answer is encrypted with Triple DES');
  const certificates = readCertificatesOnly(openEnvelope(envelope, privateKey));
  if (!certificates) return refused('there are no certificates in its answer');
  return { kind: 'issued', certificates: certificates.map(({ raw }) => raw) };
}
