// What a device signs and reads, as lean as Node's own cryptography allows: many devices share one processor here.
import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import { type ChallengeContent, deviceProtocol } from '@countersign/contract/device-protocol.ts';
import type { PrivateJwk, PublicJwk } from '@countersign/testkit/soft-authenticator/keys.ts';

/** A device that was bound to a user. */
export interface BoundDevice {
  readonly deviceId: string;
  readonly signingKey: PrivateJwk;
  readonly encryptionKey: PrivateJwk;
  readonly thumbprint: string;
}

export interface DeviceKeys {
  readonly signing: KeyObject;
  readonly encryption: KeyObject;
  /** The header of every proof, encoded once. */
  readonly proofHeader: string;
  readonly answerHeader: string;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export const digestOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('base64url');

export function keysOf({ signingKey, encryptionKey, thumbprint }: BoundDevice): DeviceKeys {
  const { kty, crv, x, y } = signingKey;
  return {
    signing: createPrivateKey({ key: { ...signingKey }, format: 'jwk' }),
    encryption: createPrivateKey({ key: { ...encryptionKey }, format: 'jwk' }),
    proofHeader: encoded({ typ: deviceProtocol.proofType, alg: 'ES256', jwk: { kty, crv, x, y } }),
    answerHeader: encoded({ alg: 'ES256', typ: deviceProtocol.answerType, kid: thumbprint }),
  };
}

/** A JWS in compact form (RFC 7515 3.1). */
function compact(key: KeyObject, header: string, payload: unknown): string {
  const input = `${header}.${encoded(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** Device protocol, section 2. */
export function proofFor(keys: DeviceKeys, method: string, url: string, body: string): string {
  return compact(keys.signing, keys.proofHeader, {
    jti: randomUUID().replaceAll('-', ''),
    htm: method,
    htu: url,
    iat: Math.floor(Date.now() / 1000),
    ...(body === '' ? {} : { bdh: digestOf(body) }),
  });
}

/** The approval of what was shown (section 5). */
export function approvalOf(keys: DeviceKeys, deviceId: string, plaintext: Buffer): string {
  const content = JSON.parse(plaintext.toString()) as ChallengeContent;
  return compact(keys.signing, keys.answerHeader, {
    request_id: content.request_id,
    challenge_id: content.challenge_id,
    device_id: deviceId,
    decision: 'approve',
    nonce: content.nonce,
    shown: digestOf(plaintext),
    iat: Math.floor(Date.now() / 1000),
  });
}

/** A JWE in compact form, ECDH-ES with A256GCM (RFC 7516 3.1, RFC 7518 4.6 and 5.3). */
export function openContent(keys: DeviceKeys, jwe: string): Buffer {
  const [header = '', , iv = '', ciphertext = '', tag = ''] = jwe.split('.');
  const { epk } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { epk: PublicJwk };
  const publicKey = createPublicKey({ key: { ...epk }, format: 'jwk' });
  const secret = diffieHellman({ privateKey: keys.encryption, publicKey });
  const decipher = createDecipheriv('aes-256-gcm', contentKeyOf(secret), Buffer.from(iv, 'base64url'));
  decipher.setAAD(Buffer.from(header));
  decipher.setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([decipher.update(ciphertext, 'base64url'), decipher.final()]);
}

/** RFC 7518 4.6.2: one round of the Concat KDF, for A256GCM, without party information. */
function contentKeyOf(secret: Buffer): Buffer {
  const algorithm = Buffer.from('A256GCM');
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  return createHash('sha256')
    .update(
      Buffer.concat([
        number(1),
        secret,
        number(algorithm.length),
        algorithm,
        number(0),
        number(0),
        number(256),
      ]),
    )
    .digest();
}
