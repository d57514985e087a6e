// The two key pairs of a device (device protocol section 1) and its certificate request.
import 'reflect-metadata';
import { createHash, randomUUID, webcrypto } from 'node:crypto';
import { ChallengePasswordAttribute, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { RequestedCertificate } from '@countersign/contract/certificate-source-models.ts';
import { ServerProblem } from './server-problem.ts';

export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}
export interface PrivateJwk extends PublicJwk {
  readonly d: string;
}

/** A new P-256 key pair. */
export async function newKey(): Promise<PrivateJwk> {
  const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
  const { x, y, d } = await webcrypto.subtle.exportKey('jwk', pair.privateKey);
  if (x === undefined || y === undefined || d === undefined) throw new Error('the key cannot be exported');
  return { kty: 'EC', crv: 'P-256', x, y, d };
}

export const publicPart = ({ kty, crv, x, y }: PublicJwk): PublicJwk => ({ kty, crv, x, y });

/** RFC 7638 3.2. */
export const thumbprintOf = ({ crv, kty, x, y }: PublicJwk): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');

/** A certificate request (PKCS #10, PEM) for the key. @param wanted undefined: the server ignores what else is in it */
export async function newCertificateRequest(key: PrivateJwk, wanted?: RequestedCertificate): Promise<string> {
  const challenge = wanted?.challenge_password ?? null;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('jwk', key, algorithm, false, ['sign']),
    webcrypto.subtle.importKey('jwk', publicPart(key), algorithm, true, ['verify']),
  ]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${wanted?.common_name ?? randomUUID()}`,
    attributes: challenge === null ? [] : [new ChallengePasswordAttribute(challenge)],
    keys: { privateKey, publicKey },
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  return `${request.toString('pem')}\n`;
}

/** Sends it; where a third party's authority issues, the server says what must be in it, and it is made once more. */
export async function sendCertificateRequest(
  key: PrivateJwk,
  send: (request: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await send(await newCertificateRequest(key));
  } catch (error) {
    if (!(error instanceof ServerProblem) || error.code !== 'certificate_request_differs') throw error;
    return send(
      await newCertificateRequest(key, RequestedCertificate.parse(error.document.certificate_request)),
    );
  }
}
