// What a door is told when a server elsewhere decides. Only this file can make the proof `AcceptedByServer`, and only from an answer
// of the API that says approved and belongs to the very request that was made for this login (ADR 0009).
import type { AuthRequest } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import type { Rejected, WaitingForUser } from './outcome.ts';

const mint: unique symbol = Symbol('only an approved answer to the request that was made accepts');

export class AcceptedByServer {
  readonly kind = 'accepted';
  readonly requestId: string;
  readonly username: string;
  // A private field makes the type nominal: no object that merely looks like one will do.
  readonly #doorData: Uint8Array | null;

  constructor(key: typeof mint, facts: { requestId: string; username: string; doorData: Uint8Array | null }) {
    if (key !== mint) throw new TypeError('AcceptedByServer can only be made from an approved answer');
    this.requestId = facts.requestId;
    this.username = facts.username;
    this.#doorData = facts.doorData;
  }

  /** What the first factor's check keeps for the door; null when nothing. */
  get doorData(): Uint8Array | null {
    return this.#doorData;
  }
}

/** An auth request that the server made for a login of this door. */
export interface AskedServer {
  readonly requestId: string;
  readonly applicationId: string;
  readonly username: string;
  /** Attributes for the Access-Accept that the first factor's check brought. */
  readonly doorData: Uint8Array | null;
}

/**
 * @param created what the server answered when it was asked.
 * @param wanted the user name that was asked for, and the application as the server itself described it.
 * @returns undefined when the answer is about another user or application
 */
export function askedServer(
  created: AuthRequest,
  wanted: { readonly username: string; readonly applicationId: string; readonly doorData: Uint8Array | null },
): AskedServer | undefined {
  const { username, applicationId, doorData } = wanted;
  if (created.application_id !== applicationId) return undefined;
  // One name in two spellings is one user (joined requests keep the first); anything else is somebody else.
  if (nameKey(created.username) !== nameKey(username)) return undefined;
  return { requestId: created.id, applicationId, username: created.username, doorData };
}

/** The outcome that an answer stands for. @returns undefined when the answer belongs to another request */
export function outcomeOfAnswer(
  asked: AskedServer,
  answer: AuthRequest,
): AcceptedByServer | Rejected | WaitingForUser | undefined {
  const { requestId, username, doorData } = asked;
  const belongs =
    answer.id === requestId &&
    answer.application_id === asked.applicationId &&
    nameKey(answer.username) === nameKey(username);
  if (!belongs) return undefined;
  switch (answer.status) {
    case 'pending':
      return { kind: 'waiting', requestId, expiresAt: answer.expires_at };
    case 'approved':
      return new AcceptedByServer(mint, { requestId, username, doorData });
    case 'denied':
      return { kind: 'rejected', requestId, reason: 'denied_by_user' };
    case 'expired':
    case 'cancelled':
      return { kind: 'rejected', requestId, reason: answer.status };
  }
}
