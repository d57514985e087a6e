// What a door is told. `Accepted` is a proof: only this file can make one, and only from a row that says approved, or from what a home
// server said where logins are only relayed; Access-Accept and every other way in take it as an argument.
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import type { Flag } from '#db/flag.ts';
import type { AuthRequestTable } from '#db/auth-request-tables.ts';
import type { FirstFactorResult } from './first-factor.ts';

const mint: unique symbol = Symbol('only the engine accepts');

export class Accepted {
  readonly kind = 'accepted';
  /** Null for a login that was only relayed; then nothing is known of its user either. */
  readonly requestId: string | null;
  readonly userId: string | null;
  /** What the door kept for its own use when the login began, for example reply attributes; null when nothing. */
  readonly doorData: Uint8Array | null;

  constructor(
    key: typeof mint,
    facts: { requestId: string | null; userId: string | null; doorData: Uint8Array | null },
  ) {
    if (key !== mint) throw new TypeError('only the engine accepts');
    this.requestId = facts.requestId;
    this.userId = facts.userId;
    this.doorData = facts.doorData;
  }
}

export interface Rejected {
  readonly kind: 'rejected';
  /** Null when the attempt was too much to be written down. */
  readonly requestId: string | null;
  readonly reason: RefusalReasonCode;
  /** What the first factor's own checker said with its refusal, for the door. */
  readonly doorData?: Uint8Array;
}

export interface WaitingForUser {
  readonly kind: 'waiting';
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The door shows this and comes back with the state. */
export interface ShowNumber {
  readonly kind: 'show_number';
  readonly requestId: string;
  readonly number: string;
  /** Opaque; good once, for this door and user only. */
  readonly state: Uint8Array;
}

/** The first factor's own checker asks for more; the door passes it on as it came. */
export interface FirstFactorAsks {
  readonly kind: 'first_factor_asks';
  readonly doorData: Uint8Array;
}

export interface NotAvailable {
  readonly kind: 'unavailable';
  readonly dependency: string;
}

export type Outcome = Accepted | Rejected | WaitingForUser | ShowNumber | FirstFactorAsks | NotAvailable;

export type DecidedRow = Pick<AuthRequestTable, 'id' | 'status' | 'reason' | 'expires_at'> & {
  /** Null when the user was deleted meanwhile. */
  readonly user_id: string | null;
  readonly user_enabled: Flag | null;
  readonly application_enabled: Flag | null;
  /** Whether the application decides logins such as this one. */
  readonly authorises: Flag;
};

export type EndedRow = DecidedRow & { readonly status: Exclude<DecidedRow['status'], 'pending'> };

/** The outcome that a row stands for. @param openDoorData opens what the door kept; called for an approved row only. */
export function outcomeOf(
  row: DecidedRow,
  openDoorData: () => Uint8Array | null,
): Accepted | Rejected | WaitingForUser {
  const { status } = row;
  if (status === 'pending') return { kind: 'waiting', requestId: row.id, expiresAt: row.expires_at };
  return endOf({ ...row, status }, openDoorData);
}

/** The outcome of a login that is over. @param openDoorData as above */
export function endOf(row: EndedRow, openDoorData: () => Uint8Array | null): Accepted | Rejected {
  switch (row.status) {
    case 'approved':
      return accept(row, openDoorData);
    case 'denied':
    case 'expired':
    case 'cancelled':
      return {
        kind: 'rejected',
        requestId: row.id,
        reason: row.reason ?? (row.status === 'denied' ? 'denied_by_user' : row.status),
      };
  }
}

/** Between approval and the door's coming back the user may have been deleted or disabled: then there is no way in. */
function accept(row: DecidedRow, openDoorData: () => Uint8Array | null): Accepted | Rejected {
  const { id: requestId, user_id: userId } = row;
  if (row.application_enabled !== 1) return { kind: 'rejected', requestId, reason: 'application_disabled' };
  if (row.authorises !== 1) return { kind: 'rejected', requestId, reason: 'authorisation_closed' };
  if (userId === null) return { kind: 'rejected', requestId, reason: 'unknown_user' };
  if (row.user_enabled !== 1) return { kind: 'rejected', requestId, reason: 'user_disabled' };
  return new Accepted(mint, { requestId, userId, doorData: openDoorData() });
}

/** What a home server accepted, for a door that only relays. */
export const acceptRelayed = ({ doorData }: Extract<FirstFactorResult, { kind: 'verified' }>): Accepted =>
  new Accepted(mint, { requestId: null, userId: null, doorData });
