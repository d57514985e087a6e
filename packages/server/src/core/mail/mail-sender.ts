// Messages, and mail gateways as they are handed to connectors/mail.
import type { SmtpSettings } from '@countersign/contract/mail-models.ts';
import type { OpenedGateway } from '#core/messages/message-gateway.ts';
import type { MessageSender } from '#core/messages/message-sender.ts';
import type { Secret } from '#platform/secret.ts';

export type OpenedMailGateway = OpenedGateway<'smtp', SmtpSettings>;

export interface MailMessage {
  /** Our own; part of the Message-ID. */
  readonly id: string;
  readonly to: string;
  /** In whose name it comes; the address is the gateway's. */
  readonly fromName: string;
  readonly subject: string;
  /** Plain text; may hold a code, and so is nobody's to see. */
  readonly text: Secret;
}

export type MailSender = MessageSender<OpenedMailGateway, MailMessage>;
