// Twilio's Messages resource (twilio.com/docs/messaging/api/message-resource), which others offer as well.
import type { MessageFailure } from '@countersign/contract/message-failures.ts';
import { type Outcome, failed } from '#core/messages/message-sender.ts';
import type { OpenedTwilio, SmsMessage } from '#core/sms/sms-sender.ts';
import { callGateway } from './call-gateway.ts';
import { failureOfStatus } from './http-gateway.ts';
import { quoteAnswer } from '../messages/quote-answer.ts';

/** twilio.com/docs/api/errors: not a number, not one that can get texts, or one that wants none. */
const ofNumber: readonly number[] = [21211, 21214, 21217, 21610, 21612, 21614];

/** @throws Error when it does not answer */
export async function sendByTwilio(
  { settings, password }: OpenedTwilio,
  message: SmsMessage,
  signal: AbortSignal,
): Promise<Outcome> {
  const { account, sender } = settings;
  const from = sender.startsWith('MG') ? 'MessagingServiceSid' : 'From';
  const form = new URLSearchParams({ To: message.to, [from]: sender, Body: message.text.reveal() });
  const basic = Buffer.from(`${account}:${password?.reveal() ?? ''}`).toString('base64');
  const answer = await callGateway({
    url: new URL(`${settings.url.replace(/\/+$/, '')}/2010-04-01/Accounts/${account}/Messages.json`),
    method: 'POST',
    headers: {
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: form.toString(),
    signal,
  });
  if (answer.status === 200 || answer.status === 201)
    return { kind: 'accepted', detail: `HTTP ${answer.status}` };
  const { code, said } = readError(answer.text);
  const words = quoteAnswer(said, message, password);
  const detail = `HTTP ${answer.status}${code === undefined ? '' : `, error ${code}`}${words === '' ? '' : `: ${words}`}`;
  return failed(failureOf(answer.status, code), detail);
}

function readError(text: string): { readonly code: number | undefined; readonly said: string } {
  try {
    const { code, message } = JSON.parse(text) as { code?: unknown; message?: unknown };
    return {
      code: typeof code === 'number' ? code : undefined,
      said: typeof message === 'string' ? message : '',
    };
  } catch {
    return { code: undefined, said: '' };
  }
}

function failureOf(status: number, code: number | undefined): MessageFailure {
  if (code === undefined) return failureOfStatus(status);
  return ofNumber.includes(code) ? 'number_refused' : failureOfStatus(status);
}
