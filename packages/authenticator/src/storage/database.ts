// What this app keeps, all of it on the device: accounts with keys that cannot be exported, sealed codes, and what was answered.
import type { Decision } from '@countersign/contract/device-protocol.ts';
import type { PublicKeyJwk } from '@countersign/contract/device-models.ts';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Bytes } from '../protocol/base64url.ts';

/** A device bound to a user of an application. */
export interface Account {
  /** The server's id of this device. */
  readonly id: string;
  readonly publicUrl: string;
  readonly application: {
    readonly name: string;
    readonly access_id: string;
    /** Digests of its images; absent in accounts that were bound before there were any. */
    readonly logo?: string | null;
    readonly background?: string | null;
  };
  readonly user: { readonly username: string; readonly full_name: string };
  readonly deviceName: string;
  readonly signingKey: CryptoKey;
  readonly signingJwk: PublicKeyJwk;
  readonly signingKid: string;
  readonly encryptionKey: CryptoKey;
  readonly encryptionKid: string;
  readonly certificate: string;
  readonly chain: readonly string[];
  readonly boundAt: number;
}

/** An application that this device is being bound to, so that closing the app loses nothing. */
export interface EnrolmentRecord {
  readonly accessId: string;
  readonly signing: CryptoKeyPair;
  readonly encryption: CryptoKeyPair;
  readonly deviceName: string;
  /** Empty until the server has said it. */
  readonly applicationName: string;
}

export type CodeKind = 'totp' | 'hotp';
export type CodeAlgorithm = 'SHA-1' | 'SHA-256' | 'SHA-512';

/** An account of any service that asks for one-time codes. */
export interface CodeRecord {
  readonly id: string;
  readonly kind: CodeKind;
  readonly issuer: string;
  readonly account: string;
  readonly algorithm: CodeAlgorithm;
  readonly digits: number;
  /** Seconds; of a TOTP code. */
  readonly period: number;
  /** Of the next code; of a HOTP code. Outside the seal, so that one transaction can count. */
  readonly counter: number;
  readonly iv: Bytes;
  /** The secret, encrypted by the sealing key. */
  readonly sealed: Bytes;
  readonly addedAt: number;
}

export type OutcomeKind =
  | 'approved'
  | 'denied'
  | 'reported'
  | 'wrong_number'
  | 'expired'
  | 'decided_elsewhere'
  | 'not_sent';

/** One answer, with the evidence: what was shown and what was signed. */
export interface HistoryEntry {
  /** The challenge's. */
  readonly id: string;
  readonly accountId: string;
  readonly answeredAt: number;
  readonly decision: Decision;
  readonly outcome: OutcomeKind;
  /** The exact text that was shown and whose digest was signed. */
  readonly plaintext: string;
  /** The signed answer, a JWS. */
  readonly answer: string;
}

interface Schema extends DBSchema {
  accounts: { key: string; value: Account };
  codes: { key: string; value: CodeRecord };
  history: { key: string; value: HistoryEntry; indexes: { answeredAt: number } };
  keys: { key: string; value: CryptoKey };
  enrolments: { key: string; value: EnrolmentRecord };
}

export type Database = IDBPDatabase<Schema>;

/** @param outdated called when another tab needs a newer form of the database, with the way to let go of this one. */
export const openDatabase = (outdated: (letGo: () => void) => void): Promise<Database> =>
  openDB<Schema>('countersign-authenticator', 2, {
    upgrade(db, before) {
      if (before < 1) {
        db.createObjectStore('accounts', { keyPath: 'id' });
        db.createObjectStore('codes', { keyPath: 'id' });
        db.createObjectStore('history', { keyPath: 'id' }).createIndex('answeredAt', 'answeredAt');
        db.createObjectStore('keys');
      }
      if (before < 2) db.createObjectStore('enrolments', { keyPath: 'accessId' });
    },
    blocking: (_current, _blocked, event) => {
      outdated(() => (event.target as IDBDatabase).close());
    },
  });
