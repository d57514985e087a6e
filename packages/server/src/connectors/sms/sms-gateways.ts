// Sends texts by whichever kind of gateway: within its time-out, and always with an outcome.
import {
  type OpenedSmsGateway,
  type SmsMessage,
  type SmsOutcome,
  type SmsSender,
  smsFailed,
} from '#core/sms/sms-sender.ts';
import type { Random } from '#platform/random.ts';
import { failureOfError } from './failure-of-error.ts';
import { sendByHttp } from './http-gateway.ts';
import { createSmppGateways, type SmppGateways } from './smpp-gateway.ts';
import { sendByTwilio } from './twilio-gateway.ts';

export function createSmsGateways({ random }: { readonly random: Random }): SmsSender {
  const smpp = createSmppGateways(random);
  return {
    async send(gateway, message, signal) {
      const timeOut = AbortSignal.timeout(gateway.settings.timeout_ms);
      const both = AbortSignal.any([signal, timeOut]);
      const ended = whenAborted(both);
      try {
        return await Promise.race([sendBy(smpp, gateway, message, both), ended.promise]);
      } catch (error) {
        return both.aborted ? smsFailed('timed_out') : failureOfError(error);
      } finally {
        ended.forget();
      }
    },
    async close() {
      smpp.close();
    },
  };
}

/** Some things cannot be called off, such as a look-up of the system's; nobody waits for them. */
function whenAborted(signal: AbortSignal): { readonly promise: Promise<SmsOutcome>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<SmsOutcome>();
  const aborted = () => resolve(smsFailed('timed_out'));
  signal.addEventListener('abort', aborted, { once: true });
  return { promise, forget: () => signal.removeEventListener('abort', aborted) };
}

function sendBy(
  smpp: SmppGateways,
  gateway: OpenedSmsGateway,
  message: SmsMessage,
  signal: AbortSignal,
): Promise<SmsOutcome> {
  switch (gateway.kind) {
    case 'twilio':
      return sendByTwilio(gateway, message, signal);
    case 'http':
      return sendByHttp(gateway, message, signal);
    case 'smpp':
      return smpp.send(gateway, message, signal);
  }
}
