// Web Push bodies: a message encrypted so that only the subscription's holder reads it (RFC 8291, in the form of RFC 8188).
import { createCipheriv, createECDH, hkdfSync } from 'node:crypto';

const keyBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
/** RFC 8291 4: one record, and 4096 is what every push service takes. */
const recordSize = 4096;
/** Every message is padded to this length: what a push service sees of two messages does not differ. */
const paddedBytes = 256;

/** One record: its content, and how many zeros follow the delimiter. */
export interface Chunk {
  readonly data: Uint8Array;
  readonly padding: number;
}

export interface Recipient {
  /** P-256 point, uncompressed. */
  readonly p256dh: Uint8Array;
  /** 16 bytes that only the user agent and we know. */
  readonly auth: Uint8Array;
}

export interface Once {
  /** 16 bytes, fresh for each message. */
  readonly salt: Uint8Array;
  /** Private key of the sender for this message; a fresh one when absent. */
  readonly senderKey?: Uint8Array;
}

/** The body of a push for this recipient. @throws Error for a point that is not on the curve, or a text that is too long */
export function encryptPush(recipient: Recipient, text: string, { salt, senderKey }: Once): Buffer {
  const data = Buffer.from(text);
  // The delimiter counts too (RFC 8188 2).
  const padding = paddedBytes - data.length - 1;
  if (padding < 0) throw new RangeError(`a push holds at most ${paddedBytes - 1} bytes`);
  return encryptFor(recipient, [{ data, padding }], { salt, ...(senderKey ? { senderKey } : {}) });
}

/** RFC 8291 3. */
export function encryptFor(
  { p256dh, auth }: Recipient,
  chunks: readonly Chunk[],
  { salt, senderKey }: Once,
): Buffer {
  const own = createECDH('prime256v1');
  if (senderKey) own.setPrivateKey(senderKey);
  else own.generateKeys();
  const shared = own.computeSecret(p256dh);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, own.getPublicKey()]);
  const key = Buffer.from(hkdfSync('sha256', shared, auth, info, 32));
  return encryptRecords(chunks, { key, salt, keyId: own.getPublicKey(), recordSize });
}

export interface Coding {
  /** Input keying material. */
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  readonly keyId: Uint8Array;
  readonly recordSize: number;
}

/** The `aes128gcm` content coding (RFC 8188 2). All chunks but the last must fill their record. */
export function encryptRecords(
  chunks: readonly Chunk[],
  { key, salt, keyId, recordSize: size }: Coding,
): Buffer {
  const contentKey = Buffer.from(hkdfSync('sha256', key, salt, 'Content-Encoding: aes128gcm\0', keyBytes));
  const baseNonce = Buffer.from(hkdfSync('sha256', key, salt, 'Content-Encoding: nonce\0', nonceBytes));
  const header = Buffer.alloc(5);
  header.writeUInt32BE(size, 0);
  header.writeUInt8(keyId.length, 4);
  const records = chunks.map(({ data, padding }, index) => {
    const isLast = index === chunks.length - 1;
    const length = data.length + 1 + padding + tagBytes;
    if (length > size || (!isLast && length < size)) throw new RangeError('a chunk does not fit its record');
    const cipher = createCipheriv('aes-128-gcm', contentKey, nonceOf(baseNonce, index));
    const plain = Buffer.concat([data, Buffer.of(isLast ? 2 : 1), Buffer.alloc(padding)]);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  });
  return Buffer.concat([salt, header, keyId, ...records]);
}

/** RFC 8188 2.3: the sequence number is XORed into the nonce; our counters fit its last four bytes. */
function nonceOf(base: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(base);
  const at = nonceBytes - 4;
  nonce.writeUInt32BE((nonce.readUInt32BE(at) ^ sequence) >>> 0, at);
  return nonce;
}
