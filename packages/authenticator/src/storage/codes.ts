// Accounts of other services. Their secrets lie encrypted under a key that this browser holds and never shows.
import { type Bytes, utf8 } from '../protocol/base64url.ts';
import type { NewCode } from '../codes/otpauth.ts';
import type { CodeRecord, Database } from './database.ts';

const sealingKeyName = 'codes';

/** Made at first use. Two tabs at once end up with the same one: the first that is written stays. */
async function sealingKey(db: Database): Promise<CryptoKey> {
  const kept = await db.get('keys', sealingKeyName);
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const transaction = db.transaction('keys', 'readwrite');
  const first = await transaction.store.get(sealingKeyName);
  if (!first) await transaction.store.put(made, sealingKeyName);
  await transaction.done;
  return first ?? made;
}

/** Bound to its record: a sealed secret cannot be put into another one. */
const sealing = (id: string, iv: Bytes): AesGcmParams => ({ name: 'AES-GCM', iv, additionalData: utf8(id) });

export async function keepCode(db: Database, code: NewCode, now: number): Promise<CodeRecord> {
  const { secret, ...open } = code;
  const id = crypto.randomUUID();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(sealing(id, iv), await sealingKey(db), secret);
  const record = { ...open, id, iv, sealed: new Uint8Array(sealed), addedAt: now };
  await db.put('codes', record);
  return record;
}

export async function secretOf(db: Database, { id, iv, sealed }: CodeRecord): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.decrypt(sealing(id, iv), await sealingKey(db), sealed));
}

export const listCodes = async (db: Database): Promise<readonly CodeRecord[]> =>
  (await db.getAll('codes')).toSorted((a, b) => a.addedAt - b.addedAt);

/** Takes the counter of a HOTP account: no value is given out twice (RFC 4226 7.2). Undefined when the account is gone. */
export async function takeCounter(db: Database, id: string): Promise<number | undefined> {
  const transaction = db.transaction('codes', 'readwrite');
  const record = await transaction.store.get(id);
  if (record) await transaction.store.put({ ...record, counter: record.counter + 1 });
  await transaction.done;
  return record?.counter;
}

export const forgetCode = (db: Database, id: string): Promise<void> => db.delete('codes', id);
