// A third party's authority in memory, for the rules around it: what real ones say is seen in connectors/scep and e2e/scep.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import type { NewCertificateSource, ScepFinding } from '@countersign/contract/certificate-source-models.ts';
import { NewCertificateSource as Source } from '@countersign/contract/certificate-source-models.ts';
import { memberAt, readBer } from '#core/certificates/ber.ts';
import {
  authorityConstraints,
  type CertificateFields,
  commonName,
  endEntityConstraints,
  keyUsage,
  publicKeyInfo,
  purposes,
  signCertificate,
} from '#core/certificates/certificate.ts';
import { bitString, membersOf, objectIdentifier, sequence, toPem } from '#core/certificates/der.ts';
import { Secret } from '#platform/secret.ts';
import type { ScepAnswer, ScepAsking, ScepClient, ScepPlace } from './scep-client.ts';

const year = 365 * 86_400_000;
const start = 1_790_000_000_000;

/** An authority of its own; `issue` makes what it is told to, right or wrong. */
export function foreignAuthority(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let count = 0;
  const sign = (fields: Pick<CertificateFields, 'subject' | 'publicKey' | 'extensions'>, more = {}) =>
    signCertificate(
      {
        serial: Uint8Array.of(0x40, ++count),
        issuer: commonName(name),
        notBefore: start - year,
        notAfter: start + year,
        ...fields,
        ...more,
      },
      privateKey,
    );
  const certificate = sign({
    subject: commonName(name),
    publicKey: publicKeyInfo(publicKey),
    extensions: [authorityConstraints(0), keyUsage('keyCertSign', 'crlSign')],
  });
  return {
    pem: toPem('CERTIFICATE', certificate),
    issue: (
      deviceId: string,
      key: KeyObject,
      { purpose = 'clientAuthentication', digest = 'sha256', ...more }: Partial<Issued> = {},
    ) => {
      const issued = sign(
        {
          subject: commonName(deviceId),
          publicKey: publicKeyInfo(key),
          extensions: [endEntityConstraints(), keyUsage('digitalSignature'), purposes(purpose)],
        },
        more,
      );
      return digest === 'sha256' ? issued : signedWithSha1(issued, privateKey);
    },
  };
}

/** The same certificate, as an authority of the past signed it (RFC 3279 2.2.3). */
function signedWithSha1(certificate: Uint8Array, privateKey: KeyObject): Uint8Array {
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.1'));
  const fields = membersOf(membersOf(certificate)?.[0] ?? certificate) ?? [];
  // TBSCertificate: [0] version, serialNumber, signature, …
  const toBeSigned = sequence(...fields.with(2, Buffer.from(algorithm)));
  return sequence(toBeSigned, algorithm, bitString(signBytes('sha1', toBeSigned, privateKey)));
}

interface Issued {
  readonly digest: 'sha256' | 'sha1';
  readonly purpose: 'clientAuthentication' | 'serverAuthentication';
  readonly notBefore: number;
  readonly notAfter: number;
}

export type ForeignAuthority = ReturnType<typeof foreignAuthority>;

export interface MemoryScep extends ScepClient {
  /** The step that fails, and what it says; undefined: none. */
  fails: ScepFinding['sentence'] | undefined;
  authority: ForeignAuthority;
  /** What it answers to `ask`; undefined: it issues. */
  says: ScepAnswer | undefined;
  /** The challenge password that it gives next; undefined: it gives none. */
  challenge: string | undefined;
  /** Called before it answers. */
  beforeAnswer: () => Promise<void>;
  readonly probed: ScepPlace[];
  readonly asked: ScepAsking[];
}

/** It signs what the request names, for the key in it. */
function issueFor(authority: ForeignAuthority, request: Uint8Array): Uint8Array {
  const info = memberAt(readBer(request), 0, 0x30);
  const spki = info?.members[2]?.whole ?? Buffer.alloc(0);
  const subject = info?.members[1]?.whole ?? Buffer.alloc(0);
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  const name = /dev_[0-9a-f-]+/.exec(Buffer.from(subject).toString('latin1'))?.[0] ?? 'nobody';
  return authority.issue(name, key);
}

export function memoryScep(authority = foreignAuthority('Corp Devices')): MemoryScep {
  const memory: MemoryScep = {
    authority,
    fails: undefined,
    says: undefined,
    challenge: 'challenge 1',
    beforeAnswer: async () => undefined,
    probed: [],
    asked: [],
    async *probe(place) {
      memory.probed.push(place);
      await memory.beforeAnswer();
      yield { step: 'answer', passed: true, sentence: 'It answers.', ms: 1 };
      if (memory.fails !== undefined) {
        yield { step: 'fingerprint', passed: false, sentence: memory.fails, ms: 1 };
        return undefined;
      }
      return { certificate: memory.authority.pem, issuers: [], registrars: [memory.authority.pem] };
    },
    readChallenge: async () =>
      memory.challenge === undefined
        ? { kind: 'unavailable', detail: 'no page' }
        : { kind: 'challenge', challenge: new Secret(memory.challenge) },
    async ask(asking) {
      memory.asked.push(asking);
      await memory.beforeAnswer();
      return memory.says ?? { kind: 'issued', certificates: [issueFor(memory.authority, asking.request)] };
    },
  };
  return memory;
}

/** As an owner says it. */
export const newScepSource = (more: object = {}): NewCertificateSource =>
  Source.parse({
    from: 'scep',
    url: 'http://scep.example.com/scep',
    fingerprint: 'ab'.repeat(32),
    challenge: 'dynamic',
    challenge_url: 'https://scep.example.com/challenge',
    ...more,
  });
