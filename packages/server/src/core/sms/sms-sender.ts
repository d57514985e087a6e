// How texts leave: the interface that connectors/sms implements, and a gateway as it is handed to it.
import type {
  HttpSettings,
  SmppSettings,
  SmsFailure,
  TwilioSettings,
} from '@countersign/contract/sms-models.ts';
import type { Secret } from '#platform/secret.ts';

interface Opened<Kind extends string, Settings> {
  readonly id: string;
  readonly name: string;
  /** Grows with every change: what is kept of a gateway, such as connections, is for one revision. */
  readonly revision: number;
  readonly kind: Kind;
  readonly settings: Settings;
  readonly password: Secret | null;
}

export type OpenedTwilio = Opened<'twilio', TwilioSettings>;
export type OpenedHttp = Opened<'http', HttpSettings>;
export type OpenedSmpp = Opened<'smpp', SmppSettings>;
export type OpenedSmsGateway = OpenedTwilio | OpenedHttp | OpenedSmpp;

export interface SmsMessage {
  /** Our own, for the gateway to tell it by. */
  readonly id: string;
  /** `+` and digits. */
  readonly to: string;
  /** Holds a code, and so is nobody's to see. */
  readonly text: Secret;
}

export type SmsOutcome =
  | { readonly kind: 'accepted'; readonly detail: string }
  /** `detail` is for the administrator: never what was sent, and never a secret. */
  | { readonly kind: 'failed'; readonly failure: SmsFailure; readonly detail: string };

export interface SmsSender {
  /** Never rejects; the gateway's own time-out holds, and the signal ends it earlier. */
  send(gateway: OpenedSmsGateway, message: SmsMessage, signal: AbortSignal): Promise<SmsOutcome>;
  /** Ends connections. */
  close(): Promise<void>;
}

export const smsFailed = (failure: SmsFailure, detail = ''): SmsOutcome => ({
  kind: 'failed',
  failure,
  detail,
});
