// Reads Web Push messages as a user agent does (RFC 8291, RFC 8188): written from the RFCs on WebCrypto, apart from the product's code.
import { webcrypto } from 'node:crypto';

const { subtle } = webcrypto;

export interface PushKeys {
  /** P-256: the uncompressed point and the private scalar. */
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
  /** 16 bytes. */
  readonly auth: Uint8Array;
}

const p256 = { name: 'ECDH', namedCurve: 'P-256' } as const;
const ascii = (text: string) => new TextEncoder().encode(text);
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** The plaintext of a message that is one record. @throws Error when it is not a message for these keys, or not in order */
export async function openPush(body: Uint8Array, keys: PushKeys): Promise<string> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  // RFC 8188 2.1: salt, record size, length of the key id, key id.
  if (body.byteLength < 21) throw new Error('there is no header');
  const salt = body.subarray(0, 16);
  const recordSize = view.getUint32(16);
  const keyIdLength = view.getUint8(20);
  if (keyIdLength !== 65) throw new Error('the key id is not the sender’s public key (RFC 8291 4)');
  const sender = body.subarray(21, 86);
  const record = body.subarray(86);
  if (record.byteLength > recordSize) throw new Error('there is more than one record (RFC 8291 4)');
  const keyMaterial = await agree(sender, keys);
  const key = await derive(keyMaterial, salt, ascii('Content-Encoding: aes128gcm\0'), 16);
  const iv = await derive(keyMaterial, salt, ascii('Content-Encoding: nonce\0'), 12);
  const aes = await subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  const plain = new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv }, aes, copyOf(record)));
  let end = plain.length;
  while (end > 0 && plain[end - 1] === 0) end -= 1;
  if (plain[end - 1] !== 2) throw new Error('the last record does not end in its delimiter (RFC 8188 2)');
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(plain.subarray(0, end - 1));
}

/** RFC 8291 3.3 and 3.4. */
async function agree(sender: Uint8Array, { publicKey, privateKey, auth }: PushKeys): Promise<Uint8Array> {
  const [x, y, d] = [publicKey.subarray(1, 33), publicKey.subarray(33, 65), privateKey].map(base64url);
  if (x === undefined || y === undefined || d === undefined) throw new Error('there is no key');
  const own = await subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y, d }, p256, false, [
    'deriveBits',
  ]);
  const theirs = await subtle.importKey('raw', copyOf(sender), p256, false, []);
  const shared = await subtle.deriveBits({ name: 'ECDH', public: theirs }, own, 256);
  const info = Buffer.concat([ascii('WebPush: info\0'), publicKey, sender]);
  return derive(new Uint8Array(shared), auth, info, 32);
}

async function derive(
  keyMaterial: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  bytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await subtle.importKey('raw', copyOf(keyMaterial), 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: copyOf(salt), info: copyOf(info) };
  return new Uint8Array(await subtle.deriveBits(how, key, bytes * 8));
}
