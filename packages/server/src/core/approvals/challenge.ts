// A challenge: the question put to one person within an auth request, answered once. Types and pure rules.
import { createHash } from 'node:crypto';
import type { ChallengeContent } from '@countersign/contract/device-protocol.ts';
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';

/** Digits of the number that is typed on the phone: enough against a blind guess, since one wrong number is final. */
export const numberDigits = 2;

/** The exact text that is shown and signed over. */
export const writeContent = (content: ChallengeContent): string => JSON.stringify(content);

/** base64url SHA-256 of the text that was shown. */
export const digestOf = (content: string): string => createHash('sha256').update(content).digest('base64url');

/** How an auth request can end, with what the trail and the audit say. */
export interface Ending {
  readonly status: 'approved' | 'denied' | 'expired' | 'cancelled';
  /** Null for an approval only. */
  readonly reason: RefusalReasonCode | null;
}

/** After this many denied or ignored requests in a row the phone is left alone. */
export const patience = 3;
const firstPauseMs = 60_000;
const longestPauseMs = 3_600_000;

/**
 * Until when a phone is left alone after `streak` denied or ignored requests in a row: a minute, doubled each time, an hour at most.
 * Null while patience lasts.
 */
export function leftAloneUntil(streak: number, now: number): number | null {
  if (streak < patience) return null;
  return now + Math.min(firstPauseMs * 2 ** (streak - patience), longestPauseMs);
}

/** What an ending means for how the user is bothered from now on. */
export function consequenceOf({ status, reason }: Ending): 'forgive' | 'count' | 'hold' | 'none' {
  if (status === 'approved') return 'forgive';
  if (reason === 'reported_by_user') return 'hold';
  // A request that could not be put to the user did not bother the user.
  const bothered = reason === 'expired' || reason === 'denied_by_user' || reason === 'wrong_number';
  return bothered ? 'count' : 'none';
}
