// One SCEP message and its answer (RFC 8894 3.2 and 3.3). What is wrong inside the envelope has one answer, whatever it is.
import { type Der, element, fromCanonicalPem, octetString } from '#core/certificates/der.ts';
import { readBer } from '#core/certificates/ber.ts';
import type { ScepAsk } from '#core/scep/answer-request.ts';
import type { Registrar } from '#core/scep/open-registrar.ts';
import { failures, type ScepFailure, type ScepOutcome, type ScepProfileRow } from '#core/scep/scep.ts';
import type { Random } from '#platform/random.ts';
import {
  attribute,
  certificatesOnly,
  type Cipher,
  contentOf,
  nameOfCertificate,
  oids,
  openEnvelope,
  readEnvelope,
  signData,
  writeEnvelope,
} from '#core/certificates/cms.ts';
import { readRequest } from './read-request.ts';
import { readSignedMessage, scepAttributes, type SignedMessage } from '#core/certificates/signed-message.ts';

export interface ScepServer {
  readonly registrar: () => Promise<Registrar>;
  readonly random: Random;
  answer(profile: ScepProfileRow, ask: ScepAsk): Promise<ScepOutcome>;
  refused(profileId: string, cause: ScepFailure): Promise<void>;
}

/** messageType (RFC 8894 3.2.1.2). */
const asks = { certRep: '3', renewal: '17', enrolment: '19', poll: '20' } as const;
const statuses = { issued: '0', refused: '2', pending: '3' } as const;

/** @returns CertRep, or undefined when it is no message that could be answered */
export async function answerMessage(
  server: ScepServer,
  profile: ScepProfileRow,
  bytes: Uint8Array,
): Promise<Der | undefined> {
  const message = readSignedMessage(bytes);
  if (!message) return undefined;
  const registrar = await server.registrar();
  const own = nameOfCertificate(registrar.certificate);
  const envelope = readEnvelope(contentOf(readBer(message.content), oids.envelopedData), own);
  const isLegacy = message.digest === 'sha1' || envelope?.cipher.isLegacy === true;
  const reply = async (outcome: ScepOutcome, cipher?: Cipher) => {
    // Whoever only asks how it stands is no attacker.
    if (outcome.kind === 'refused' && message.messageType !== asks.poll)
      await server.refused(profile.id, outcome.because);
    return writeReply({ server, registrar, own, message, outcome, cipher });
  };
  if (isLegacy && profile.accept_legacy !== 1) return reply({ kind: 'refused', because: 'badAlg' });
  if (!envelope) return reply({ kind: 'refused', because: 'badMessageCheck' });
  const content = openEnvelope(envelope, registrar.privateKey);
  const request = readRequest(content, message.signer.key, profile.accept_legacy === 1);
  const { transactionId, signer, messageType } = message;
  if (messageType === asks.poll)
    return reply(await server.answer(profile, { transactionId, signer, request: null }), envelope.cipher);
  if (messageType !== asks.enrolment && messageType !== asks.renewal)
    return reply({ kind: 'refused', because: 'badRequest' });
  if (!request) return reply({ kind: 'refused', because: 'badMessageCheck' });
  return reply(await server.answer(profile, { transactionId, signer, request }), envelope.cipher);
}

interface Replying {
  readonly server: ScepServer;
  readonly registrar: Registrar;
  readonly own: Der;
  readonly message: SignedMessage;
  readonly outcome: ScepOutcome;
  readonly cipher: Cipher | undefined;
}

const printable = (text: string): Der => element(0x13, Buffer.from(text, 'latin1'));

function writeReply({ server, registrar, own, message, outcome, cipher }: Replying): Der {
  const failure =
    outcome.kind === 'refused'
      ? [attribute(scepAttributes.failInfo, printable(String(failures[outcome.because])))]
      : [];
  return signData({
    content: outcome.kind === 'issued' && cipher ? sealed(outcome.pem, message, cipher) : undefined,
    attributes: [
      attribute(scepAttributes.messageType, printable(asks.certRep)),
      attribute(scepAttributes.pkiStatus, printable(statuses[outcome.kind])),
      attribute(scepAttributes.transactionId, printable(message.transactionId)),
      attribute(scepAttributes.recipientNonce, octetString(message.senderNonce)),
      attribute(scepAttributes.senderNonce, octetString(server.random.bytes(16))),
      ...failure,
    ],
    certificate: registrar.certificate,
    signer: own,
    privateKey: registrar.privateKey,
  });
}

function sealed(pem: string, { signer }: SignedMessage, cipher: Cipher): Der {
  const certificate = fromCanonicalPem('CERTIFICATE', pem);
  if (!certificate) throw new Error('a certificate of ours cannot be read');
  return writeEnvelope(certificatesOnly([certificate]), { cipher, recipient: signer.name, key: signer.key });
}
