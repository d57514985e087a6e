// One try to get in, as a door tells it: facts only, no bytes of any protocol.
import { createHash } from 'node:crypto';
import type { ContentMessages } from '@countersign/contract/device-protocol.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { lastingContextMark } from '#core/audit/end-auth-request.ts';

export interface Login {
  readonly applicationId: string;
  /** As typed. */
  readonly username: string;
  readonly door: { readonly kind: 'radius' | 'api' | 'console' | 'onboarding'; readonly id: string };
  /** Where the user logs in, as shown on the phone. */
  readonly clientName: string;
  /** Where the login comes from, as far as the door knows. */
  readonly clientAddress: string | null;
  /**
   * What makes two logins one to a human, besides user and door; null when nothing does. Never the user name alone, and never while a
   * number is to be typed: a stranger must not ride on the request that the real user is about to approve, nor see its number.
   */
  readonly context: readonly string[] | null;
  /** Whether the context names one session for good, so that what comes again shortly after the end is still the same login. */
  readonly contextLasts?: boolean;
  /** SHA-256 of the very packet, base64url, where there are packets: a copy of it, on whichever node, is no second login. */
  readonly packetDigest?: string | undefined;
  /** Whether a number is to be typed on the phone, and whether the door needs a state to come back with. */
  readonly number: 'none' | 'shown_by_caller' | 'shown_by_challenge';
  readonly title?: string | undefined;
  readonly description: string;
  /** Which sentences of our own they are, so that phones can say them in other languages. */
  readonly messages?: ContentMessages;
  /** Whether a refusal must look like a request that nobody answers, since the door passes on what it is told. */
  readonly masked?: boolean;
  /** How long it can be answered; the application's own time when absent. */
  readonly seconds?: number | undefined;
}

/** What the database keeps of a context: unambiguous, of fixed length, and no text of the caller's. */
export function contextKey(login: Login): string | null {
  const { applicationId, username, door, context, number } = login;
  if (context === null || number !== 'none') return null;
  const parts = [applicationId, nameKey(username), door.kind, door.id, ...context];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  return login.contextLasts === true ? lastingContextMark + digest : digest;
}
