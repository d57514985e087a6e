// What SCEP (RFC 8894) is about here: profiles by which certificates are asked for, and what was asked.
import type { ScepProfile, ScepRequest } from '@countersign/contract/scep-models.ts';
import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Der } from '#core/certificates/der.ts';
import type { ScepProfileTable, ScepRequestTable } from '#db/scep-tables.ts';

export type ScepProfileRow = Selectable<ScepProfileTable>;
export type ScepRequestRow = Selectable<ScepRequestTable>;

/** Below it, by the profile's id, routers and gateways ask. */
export const scepPath = '/scep';
/** Of challenge passwords. */
export const challengePrefix = 'csc_';

/** How long a request waits for an administrator. */
export const pendingMs = 7 * 86_400_000;

/** What somebody with this RSA key asks to have certified; the request is signed by the key. */
export interface CertificateRequest {
  /** Distinguished name. */
  readonly subject: Der;
  readonly publicKey: KeyObject;
  /** GeneralNames. */
  readonly names: Der | null;
  /** Those among them that are DNS names, in lower case. */
  readonly dnsNames: readonly string[];
  /** Addresses and e-mail addresses among them, as people read them. */
  readonly otherNames: readonly string[];
  /** Empty when there is none. */
  readonly challenge: string;
}

/** FailInfo (RFC 8894 3.2.1.4). */
export const failures = { badAlg: 0, badMessageCheck: 1, badRequest: 2, badTime: 3, badCertId: 4 } as const;
export type ScepFailure = keyof typeof failures;

export type ScepOutcome =
  | { readonly kind: 'issued'; readonly pem: string }
  | { readonly kind: 'pending' }
  | { readonly kind: 'refused'; readonly because: ScepFailure };

export const hashKey = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64url');

export const toScepProfile = (row: ScepProfileRow, publicUrl: string): ScepProfile => ({
  id: row.id,
  name: row.name,
  challenge: row.challenge,
  approval: row.approval,
  valid_days: row.valid_days,
  accept_legacy: row.accept_legacy === 1,
  enabled: row.enabled === 1,
  url: `${publicUrl}${scepPath}/${row.id}`,
  created_at: row.created_at,
});

export const toScepRequest = (row: ScepRequestRow): ScepRequest => ({
  id: row.id,
  profile_id: row.profile_id,
  state: row.state,
  subject: row.subject,
  names: JSON.parse(row.dns_names) as string[],
  serial: row.serial,
  created_at: row.created_at,
  decided_at: row.decided_at,
});
