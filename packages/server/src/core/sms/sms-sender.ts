// Texts, and SMS gateways as they are handed to connectors/sms.
import type { HttpSettings, SmppSettings, TwilioSettings } from '@countersign/contract/sms-models.ts';
import type { OpenedGateway } from '#core/messages/message-gateway.ts';
import type { MessageSender } from '#core/messages/message-sender.ts';
import type { Secret } from '#platform/secret.ts';

export type OpenedTwilio = OpenedGateway<'twilio', TwilioSettings>;
export type OpenedHttp = OpenedGateway<'http', HttpSettings>;
export type OpenedSmpp = OpenedGateway<'smpp', SmppSettings>;
export type OpenedSmsGateway = OpenedTwilio | OpenedHttp | OpenedSmpp;

export interface SmsMessage {
  /** Our own, for the gateway to tell it by. */
  readonly id: string;
  /** `+` and digits. */
  readonly to: string;
  /** Holds a code, and so is nobody's to see. */
  readonly text: Secret;
}

export type SmsSender = MessageSender<OpenedSmsGateway, SmsMessage>;
