// A gateway with an HTTP interface of its own: request and answer as the administrator described them.
import type { MessageFailure } from '@countersign/contract/message-failures.ts';
import { toSmsParts } from '#core/sms/gsm-alphabet.ts';
import { type Outcome, failed } from '#core/messages/message-sender.ts';
import type { OpenedHttp, SmsMessage } from '#core/sms/sms-sender.ts';
import { callGateway, type GatewayAnswer } from './call-gateway.ts';
import { escapes, fillTemplate, type TemplateValues } from './fill-template.ts';
import { quoteAnswer } from '../messages/quote-answer.ts';

const contentTypes = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  xml: 'application/xml; charset=utf-8',
} as const;

/** @throws Error when the gateway does not answer */
export async function sendByHttp(
  gateway: OpenedHttp,
  message: SmsMessage,
  signal: AbortSignal,
): Promise<Outcome> {
  const { settings, password } = gateway;
  const values = valuesFor(gateway, message);
  const { content, method } = settings;
  const answer = await callGateway({
    url: new URL(fillTemplate(settings.url, values, escapes.url)),
    method,
    headers: headersFor(gateway, values),
    body: content === 'none' ? undefined : fillTemplate(settings.body, values, escapes[content]),
    signal,
  });
  const said = `HTTP ${answer.status} ${quoteAnswer(answer.text, message, password)}`.trim();
  return isAccepted(gateway, answer)
    ? { kind: 'accepted', detail: said }
    : failed(failureOfStatus(answer.status), said);
}

function valuesFor({ settings, password }: OpenedHttp, { id, to, text }: SmsMessage): TemplateValues {
  const plain = text.reveal();
  return {
    to,
    digits: to.slice(1),
    from: settings.sender,
    text: plain,
    id,
    coding: toSmsParts(plain).alphabet === 'gsm' ? '0' : '2',
    password: password?.reveal() ?? '',
  };
}

function headersFor({ settings, password }: OpenedHttp, values: TemplateValues): Record<string, string> {
  const { content, user } = settings;
  const basic = Buffer.from(`${user}:${password?.reveal() ?? ''}`).toString('base64');
  const own = settings.headers.map((header) => {
    const colon = header.indexOf(':');
    const value = fillTemplate(header.slice(colon + 1).trim(), values, escapes.header);
    return [header.slice(0, colon).toLowerCase(), value] as const;
  });
  return {
    ...(content === 'none' ? {} : { 'content-type': contentTypes[content] }),
    ...(user === '' ? {} : { authorization: `Basic ${basic}` }),
    ...Object.fromEntries(own),
  };
}

function isAccepted({ settings }: OpenedHttp, { status, text }: GatewayAnswer): boolean {
  const { accepted_statuses: statuses, accepted_text: wanted } = settings;
  const isGood = statuses.length === 0 ? status >= 200 && status <= 299 : statuses.includes(status);
  return isGood && text.includes(wanted);
}

export function failureOfStatus(status: number): MessageFailure {
  if (status === 401 || status === 403) return 'not_authorised';
  return status === 429 ? 'throttled' : 'refused';
}
