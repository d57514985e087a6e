// How messages leave: the interface that connectors implement for each channel.
import type { MessageFailure } from '@countersign/contract/message-failures.ts';

export type Outcome =
  | { readonly kind: 'accepted'; readonly detail: string }
  /** `detail` is for the administrator: never what was sent, and never a secret. */
  | { readonly kind: 'failed'; readonly failure: MessageFailure; readonly detail: string };

export interface MessageSender<Opened, Message> {
  /** Never rejects; the gateway's own time-out holds, and the signal ends it earlier. */
  send(gateway: Opened, message: Message, signal: AbortSignal): Promise<Outcome>;
  /** Ends connections. */
  close(): Promise<void>;
}

export const failed = (failure: MessageFailure, detail = ''): Outcome => ({
  kind: 'failed',
  failure,
  detail,
});
