// Secrets at rest: sealed with AES-256-GCM under a key derived from the installation's master key, which lives outside the database.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import type { Random } from './random.ts';

export class VaultError extends Error {}

export interface Vault {
  /** Short public name of the master key, to recognise a database that belongs to another key. */
  readonly keyId: string;
  /** Seals bytes for one purpose and owner, for example `('home-server', id)`; opening needs the same two. */
  seal(purpose: string, owner: string, plain: Uint8Array): string;
  /** @throws VaultError when the text was changed, or sealed for another purpose, owner or master key. */
  open(purpose: string, owner: string, sealed: string): Uint8Array;
  /** HMAC-SHA256 (32 bytes) under a key of its own for each purpose. */
  mac(purpose: string, data: string | Uint8Array): Buffer;
}

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/** @param masterKey 32 bytes. */
export function createVault(masterKey: Uint8Array, random: Random): Vault {
  if (masterKey.length !== 32) throw new VaultError('the master key must have 32 bytes');
  // KeyObject, not raw bytes: several Node versions derive a key schedule per call from raw bytes.
  const keys = new Map<string, KeyObject>();
  const keyFor = (use: string): KeyObject => {
    const known = keys.get(use);
    if (known) return known;
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, 'countersign', use, 32)));
    keys.set(use, key);
    return key;
  };
  const macs = new Map<string, ReturnType<typeof hmacSha256>>();
  const keyId = createHash('sha256')
    .update('countersign key id')
    .update(masterKey)
    .digest('hex')
    .slice(0, 16);
  const context = (purpose: string, owner: string) => Buffer.from(JSON.stringify([version, purpose, owner]));

  return {
    keyId,
    seal(purpose, owner, plain) {
      const nonce = random.bytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keyFor('seal'), nonce).setAAD(context(purpose, owner));
      const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `${version}.${keyId}.${sealed.toString('base64url')}`;
    },
    open(purpose, owner, text) {
      const [textVersion, textKeyId, body] = text.split('.');
      if (textVersion !== version || body === undefined) throw new VaultError('not a sealed text');
      if (textKeyId !== keyId)
        throw new VaultError(`sealed with master key ${textKeyId}, but this is ${keyId}`);
      const sealed = Buffer.from(body, 'base64url');
      if (sealed.length < nonceBytes + tagBytes) throw new VaultError('the sealed text is too short');
      const decipher = createDecipheriv('aes-256-gcm', keyFor('seal'), sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(context(purpose, owner)).setAuthTag(sealed.subarray(-tagBytes));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
      } catch {
        throw new VaultError('the sealed text was changed or belongs to something else');
      }
    },
    mac(purpose, data) {
      const known = macs.get(purpose);
      const mac = known ?? hmacSha256(keyFor(`mac ${purpose}`).export());
      if (!known) macs.set(purpose, mac);
      return mac(data);
    },
  };
}

const blockBytes = 64;

/** HMAC-SHA256 (RFC 2104 2) under one key. Hashed at one go twice: setting up an object of OpenSSL for each costs more than the hash. */
function hmacSha256(key: Uint8Array): (data: string | Uint8Array) => Buffer {
  const padded = (pad: number): Buffer =>
    Buffer.alloc(blockBytes).map((_, n) => (key[n] ?? 0) ^ pad) as Buffer;
  const [inner, outer] = [padded(0x36), padded(0x5c)];
  return (data) => {
    const digest = hash('sha256', Buffer.concat([inner, Buffer.from(data)]), 'buffer');
    return hash('sha256', Buffer.concat([outer, digest]), 'buffer');
  };
}
