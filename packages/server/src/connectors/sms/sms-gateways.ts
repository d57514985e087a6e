// Sends texts by whichever kind of gateway: within its time-out, and always with an outcome.
import type { Outcome } from '#core/messages/message-sender.ts';
import type { OpenedSmsGateway, SmsMessage, SmsSender } from '#core/sms/sms-sender.ts';
import type { Random } from '#platform/random.ts';
import { withinTime } from '../messages/within-time.ts';
import { sendByHttp } from './http-gateway.ts';
import { createSmppGateways, type SmppGateways } from './smpp-gateway.ts';
import { sendByTwilio } from './twilio-gateway.ts';

export function createSmsGateways({ random }: { readonly random: Random }): SmsSender {
  const smpp = createSmppGateways(random);
  return {
    send: (gateway, message, signal) =>
      withinTime(gateway.settings.timeout_ms, signal, (both) => sendBy(smpp, gateway, message, both)),
    async close() {
      smpp.close();
    },
  };
}

function sendBy(
  smpp: SmppGateways,
  gateway: OpenedSmsGateway,
  message: SmsMessage,
  signal: AbortSignal,
): Promise<Outcome> {
  switch (gateway.kind) {
    case 'twilio':
      return sendByTwilio(gateway, message, signal);
    case 'http':
      return sendByHttp(gateway, message, signal);
    case 'smpp':
      return smpp.send(gateway, message, signal);
  }
}
