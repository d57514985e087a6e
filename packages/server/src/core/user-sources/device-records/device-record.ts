// Records of a user's devices and of the last login as texts in an attribute of the directory: attributes and values that a person can read,
// with a MAC at the end, so that whoever may write the directory can neither add a device nor change one.
import { timingSafeEqual } from 'node:crypto';
import type { Vault } from '#platform/vault.ts';

/** A device that may call, with all that it takes to know it again. */
export interface ActiveRecord {
  readonly kind: 'active';
  readonly deviceId: string;
  readonly name: string;
  readonly platform: string;
  readonly appVersion: string;
  /** Epoch milliseconds, as all times here. */
  readonly boundAt: number;
  /** End of its cool-down; null: it never had one. */
  readonly approvesFrom: number | null;
  /** Coordinates of the public keys, base64url. */
  readonly signingKey: Coordinates;
  readonly encryptionKey: Coordinates;
  readonly certificate: RecordedCertificate;
  readonly verification: RecordedVerification | null;
}

/** A device that was removed; it is never to come back. */
export interface RevokedRecord {
  readonly kind: 'revoked';
  readonly deviceId: string;
  readonly name: string;
  readonly revokedAt: number;
}

export interface LoginRecord {
  readonly kind: 'login';
  readonly lastLoginAt: number | null;
  /** How the newest login that has ended did, and why; null when none is known. */
  readonly last: { readonly result: string; readonly reason: string; readonly at: number } | null;
}

export type DeviceRecord = ActiveRecord | RevokedRecord;
export type DirectoryRecord = DeviceRecord | LoginRecord;

interface Coordinates {
  readonly x: string;
  readonly y: string;
}

export interface RecordedCertificate {
  /** Hexadecimal, as the database has it. */
  readonly serial: string;
  readonly authorityId: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER, base64url. */
  readonly der: string;
}

interface RecordedVerification {
  /** base64url. */
  readonly credentialId: string;
  readonly publicKey: string;
  readonly setUpAt: number;
}

/** To whom a record belongs; the same text with another person says nothing. */
export interface RecordOwner {
  readonly installationId: string;
  readonly applicationId: string;
  /** In another directory somebody else may have the same id. */
  readonly sourceId: string;
  /** The id by which the directory knows the person, as the user has it here. */
  readonly guid: string;
}

/** Bytes of one value: more is neither written nor read. */
export const longestRecord = 4096;

const macPurpose = 'directory-record';
const version = 'countersign:1';

/** With which every record of the application begins. Other values of the attribute are somebody else's. */
export const recordPrefix = ({ applicationId }: Pick<RecordOwner, 'applicationId'>): string =>
  `${version} application=${applicationId} `;

export function writeRecord(vault: Vault, owner: RecordOwner, record: DirectoryRecord): string {
  const pairs = pairsOf(record).filter(([, value]) => value !== null);
  const text = pairs.map(([name, value]) => `${name}=${escape(value ?? '')}`).join(' ');
  const body = `${recordPrefix(owner)}${text}`;
  return `${body} mac=${macOf(vault, owner, body).toString('base64url')}`;
}

export type OpenedRecord =
  | { readonly kind: 'genuine'; readonly text: string; readonly record: DirectoryRecord }
  /** Changed, another person's, written by another user source, or made by somebody else. */
  | { readonly kind: 'not_genuine'; readonly text: string }
  /** No record of this application. */
  | { readonly kind: 'foreign' };

export function openRecord(vault: Vault, owner: RecordOwner, text: string): OpenedRecord {
  if (!text.startsWith(recordPrefix(owner))) return { kind: 'foreign' };
  if (text.length > longestRecord) return { kind: 'not_genuine', text };
  const [, body, mac] = /^(.*) mac=([A-Za-z0-9_-]{43})$/s.exec(text) ?? [];
  if (body === undefined || mac === undefined) return { kind: 'not_genuine', text };
  const given = Buffer.from(mac, 'base64url');
  const right = macOf(vault, owner, body);
  // Decoding passes over unused bits; only what we wrote is the same text again.
  const isGenuine = timingSafeEqual(given, right) && right.toString('base64url') === mac;
  const record = isGenuine ? readBody(body.slice(recordPrefix(owner).length)) : undefined;
  return record ? { kind: 'genuine', text, record } : { kind: 'not_genuine', text };
}

const macOf = (
  vault: Vault,
  { installationId, applicationId, sourceId, guid }: RecordOwner,
  body: string,
): Buffer => vault.mac(macPurpose, JSON.stringify([installationId, applicationId, sourceId, guid, body]));

type Pair = readonly [name: string, value: string | null];

function pairsOf(record: DirectoryRecord): readonly Pair[] {
  switch (record.kind) {
    case 'login':
      return [
        ['state', 'login'],
        ['last_login', minuteOf(record.lastLoginAt)],
        ['last_result', record.last?.result ?? null],
        ['last_reason', record.last?.reason || null],
        ['last_result_at', minuteOf(record.last?.at ?? null)],
      ];
    case 'revoked':
      return [
        ['device', record.deviceId],
        ['state', 'revoked'],
        ['name', record.name],
        ['revoked_at', timeOf(record.revokedAt)],
      ];
    case 'active':
      return activePairs(record);
  }
}

const activePairs = (record: ActiveRecord): readonly Pair[] => [
  ['device', record.deviceId],
  ['state', 'active'],
  ['name', record.name],
  ['platform', record.platform],
  ['app_version', record.appVersion],
  ['bound_at', timeOf(record.boundAt)],
  ['approves_from', timeOf(record.approvesFrom)],
  ['signing_key', `${record.signingKey.x}.${record.signingKey.y}`],
  ['encryption_key', `${record.encryptionKey.x}.${record.encryptionKey.y}`],
  ['verification_id', record.verification?.credentialId ?? null],
  ['verification_key', record.verification?.publicKey ?? null],
  ['verification_set_up_at', timeOf(record.verification?.setUpAt ?? null)],
  ['certificate_serial', record.certificate.serial],
  ['certificate_authority', record.certificate.authorityId],
  ['certificate_from', timeOf(record.certificate.notBefore)],
  ['certificate_until', timeOf(record.certificate.notAfter)],
  ['certificate', record.certificate.der],
];

/** Undefined when something is missing: a newer Countersign may write other records. */
function readBody(text: string): DirectoryRecord | undefined {
  const values = new Map<string, string>();
  for (const pair of text.split(' ')) {
    const at = pair.indexOf('=');
    const value = at > 0 ? unescape(pair.slice(at + 1)) : undefined;
    if (value === undefined) return undefined;
    values.set(pair.slice(0, at), value);
  }
  try {
    return readers.get(values.get('state') ?? '')?.(reader(values));
  } catch (error) {
    if (error instanceof Missing) return undefined;
    throw error;
  }
}

class Missing extends Error {}

interface Reader {
  has(name: string): boolean;
  text(name: string): string;
  time(name: string): number;
  key(name: string): Coordinates;
}

function reader(values: ReadonlyMap<string, string>): Reader {
  const text = (name: string): string => {
    const value = values.get(name);
    if (value === undefined) throw new Missing(name);
    return value;
  };
  return {
    has: (name) => values.has(name),
    text,
    time(name) {
      const at = Date.parse(text(name));
      if (!Number.isSafeInteger(at)) throw new Missing(name);
      return at;
    },
    key(name) {
      const [x, y] = text(name).split('.');
      if (x === undefined || y === undefined) throw new Missing(name);
      return { x, y };
    },
  };
}

const readLogin = (read: Reader): LoginRecord => ({
  kind: 'login',
  lastLoginAt: read.has('last_login') ? read.time('last_login') : null,
  last: read.has('last_result')
    ? {
        result: read.text('last_result'),
        reason: read.has('last_reason') ? read.text('last_reason') : '',
        at: read.time('last_result_at'),
      }
    : null,
});

const readActive = (read: Reader): ActiveRecord => ({
  kind: 'active',
  deviceId: read.text('device'),
  name: read.text('name'),
  platform: read.text('platform'),
  appVersion: read.text('app_version'),
  boundAt: read.time('bound_at'),
  approvesFrom: read.has('approves_from') ? read.time('approves_from') : null,
  signingKey: read.key('signing_key'),
  encryptionKey: read.key('encryption_key'),
  certificate: {
    serial: read.text('certificate_serial'),
    authorityId: read.text('certificate_authority'),
    notBefore: read.time('certificate_from'),
    notAfter: read.time('certificate_until'),
    der: read.text('certificate'),
  },
  verification: read.has('verification_id')
    ? {
        credentialId: read.text('verification_id'),
        publicKey: read.text('verification_key'),
        setUpAt: read.time('verification_set_up_at'),
      }
    : null,
});

const readRevoked = (read: Reader): RevokedRecord => ({
  kind: 'revoked',
  deviceId: read.text('device'),
  name: read.text('name'),
  revokedAt: read.time('revoked_at'),
});

/** By their state. */
const readers: ReadonlyMap<string, (read: Reader) => DirectoryRecord> = new Map<
  string,
  (read: Reader) => DirectoryRecord
>([
  ['login', readLogin],
  ['revoked', readRevoked],
  ['active', readActive],
]);

const timeOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A login at every moment would be a change of the directory at every moment. */
const minuteOf = (at: number | null): string | null =>
  at === null ? null : `${new Date(at).toISOString().slice(0, 16)}Z`;

/** RFC 3986 2.1, so that a value is plain ASCII without spaces, whatever syntax the attribute has; names may hold lone surrogates. */
const escape = (value: string): string =>
  encodeURIComponent(value.toWellFormed()).replaceAll('%3A', ':').replaceAll('%2C', ',');

function unescape(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
