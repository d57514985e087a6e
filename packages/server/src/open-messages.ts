// Builds what sends texts and mail: the connectors, the gateways in order, and the queues beside what asks for them.
import { createMailGateways } from '#connectors/mail/mail-gateways.ts';
import { createSmsGateways } from '#connectors/sms/sms-gateways.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import { createMailCourier } from '#core/mail/mail-channel.ts';
import type { MailMessage } from '#core/mail/mail-sender.ts';
import type { Courier } from '#core/messages/courier.ts';
import { createMessageQueue, type MessageQueue } from '#core/messages/message-queue.ts';
import { createSmsCourier } from '#core/sms/sms-channel.ts';
import type { SmsMessage } from '#core/sms/sms-sender.ts';
import type { Db } from '#db/db.ts';
import type { Lifecycle } from '#platform/lifecycle.ts';
import type { Log } from '#platform/log.ts';

export interface OpenedMessages {
  readonly smsCourier: Courier<SmsMessage>;
  readonly mailCourier: Courier<MailMessage>;
  readonly texts: MessageQueue<SmsMessage>;
  readonly mails: MessageQueue<MailMessage>;
}

type Needs = AuditDeps & { readonly db: Db; readonly log: Log };

/** Started before the doors, so that it is stopped after them. */
export function startMessages(app: Needs, lifecycle: Lifecycle): OpenedMessages {
  const smsCourier = createSmsCourier(app, createSmsGateways(app));
  const mailCourier = createMailCourier(app, createMailGateways());
  return {
    smsCourier,
    mailCourier,
    texts: startQueue(app, lifecycle, smsCourier),
    mails: startQueue(app, lifecycle, mailCourier),
  };
}

function startQueue<Message>(
  app: Needs,
  lifecycle: Lifecycle,
  courier: Courier<Message>,
): MessageQueue<Message> {
  const { channel } = courier;
  const failed = (error: unknown) => app.log.error({ channel, err: error }, 'a message could not be sent');
  const queue = createMessageQueue({ ...app, courier, failed });
  lifecycle.onStop(channel, async () => {
    await queue.stop();
    await courier.close();
  });
  return queue;
}
