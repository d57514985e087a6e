// What this server signs messages with at a third party's authority, and opens its answers with.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import {
  commonName,
  endEntityConstraints,
  keyUsage,
  newSerial,
  publicKeyInfo,
  signCertificate,
} from '#core/certificates/certificate.ts';
import { toPem } from '#core/certificates/der.ts';
import type { IdSource } from '#platform/id.ts';
import type { OwnRegistrar } from './scep-client.ts';

const name = commonName('Countersign registrar');
const backdatedMs = 86_400_000;

/** Self-signed (RFC 8894 2.3): RSA, because answers are encrypted to it. @param lifeMs milliseconds from now */
export async function newRegistrar(
  { clock, random }: IdSource,
  { bits: modulusLength, lifeMs }: { readonly bits: 2048 | 3072; readonly lifeMs: number },
): Promise<OwnRegistrar> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength });
  const now = clock.now();
  const der = signCertificate(
    {
      serial: newSerial(random),
      issuer: name,
      subject: name,
      publicKey: publicKeyInfo(publicKey),
      notBefore: now - backdatedMs,
      notAfter: now + lifeMs,
      extensions: [endEntityConstraints(), keyUsage('digitalSignature', 'keyEncipherment')],
    },
    privateKey,
  );
  return { certificate: toPem('CERTIFICATE', der), privateKey };
}
