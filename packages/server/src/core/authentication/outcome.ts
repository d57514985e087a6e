// What a door is told. `Accepted` is a proof: only this file can make one, and only from a row that says approved; Access-Accept
// and every other way in take it as an argument.
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import type { AuthRequestTable } from '#db/tables.ts';

const mint: unique symbol = Symbol('only the engine accepts');

export class Accepted {
  readonly kind = 'accepted';
  readonly requestId: string;
  readonly userId: string;
  readonly username: string;
  /** What the door kept for its own use when the login began, for example reply attributes; null when nothing. */
  readonly doorData: Uint8Array | null;

  constructor(
    key: typeof mint,
    facts: { requestId: string; userId: string; username: string; doorData: Uint8Array | null },
  ) {
    if (key !== mint) throw new TypeError('Accepted can only be made from an approved auth request');
    this.requestId = facts.requestId;
    this.userId = facts.userId;
    this.username = facts.username;
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

type DecidedRow = Pick<AuthRequestTable, 'id' | 'status' | 'reason' | 'user_id' | 'username' | 'expires_at'>;

/** The outcome that a row stands for. @param openDoorData opens what the door kept; called for an approved row only. */
export function outcomeOf(
  row: DecidedRow,
  openDoorData: () => Uint8Array | null,
): Accepted | Rejected | WaitingForUser {
  switch (row.status) {
    case 'pending':
      return { kind: 'waiting', requestId: row.id, expiresAt: row.expires_at };
    case 'approved':
      // A user deleted after approving has no way in.
      if (row.user_id === null) return { kind: 'rejected', requestId: row.id, reason: 'unknown_user' };
      return new Accepted(mint, {
        requestId: row.id,
        userId: row.user_id,
        username: row.username,
        doorData: openDoorData(),
      });
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
