// A push subscription: where a device is told that there is something to ask it for (RFC 8030). What is told is only "ask again".
import type { KeyObject } from 'node:crypto';
import type { PushFailure } from '@countersign/contract/push-failures.ts';

/** The installation's key for push services (RFC 8292), the same on all nodes. */
export interface VapidKey {
  /** base64url of the uncompressed point, as browsers want it. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** To whom a message is encrypted (RFC 8291), base64url. */
export interface PushKeys {
  readonly p256dh: string;
  readonly auth: string;
}

export interface PushMessage {
  readonly endpoint: string;
  /** Null when the subscription has none: then nothing is said in the push. */
  readonly keys: PushKeys | null;
  /** Encrypted where there are keys; `plain` is sent as it is where there are none, and may be empty. */
  readonly text: string;
  readonly plain: string;
  /** At most 32 characters of base64url: a message replaces an undelivered one of the same topic (RFC 8030 5.4). */
  readonly topic: string;
  /** Epoch milliseconds; worth nothing afterwards. */
  readonly expiresAt: number;
}

export type PushOutcome =
  | { readonly kind: 'sent' }
  /** What it was for is over. */
  | { readonly kind: 'not_wanted' }
  | { readonly kind: 'stopped' }
  /** @property status HTTP status, where there was one */
  | { readonly kind: 'failed'; readonly cause: PushFailure; readonly status: number | null };

/**
 * Sends, trying again until the message expires; when there is no room it says so at once. Rejects for a defect only.
 * @param stillWanted asked before it is tried again
 */
export type SendPush = (message: PushMessage, stillWanted: () => Promise<boolean>) => Promise<PushOutcome>;
