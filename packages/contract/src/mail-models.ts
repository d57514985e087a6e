// E-mail: the gateways that take it, in order, and the rules for codes. Settings are flat, so that the command line has an option for each.
import { z } from 'zod';
import {
  codeRules,
  codeRulesDefaults,
  codeText,
  gatewayCa,
  gatewayFields,
  gatewayHost,
  gatewayOrder,
  gatewayPort,
  messageLimit,
  onlyGateway,
  shownGateway,
  testResult,
} from './message-models.ts';
import { ids } from './models.ts';
import { line } from './text.ts';
import { time } from './time.ts';

export const mailAddress = z.email().max(254);

const smtpFields = {
  host: gatewayHost.describe('Name or address of the mail server.'),
  port: gatewayPort.describe('587 for submission with STARTTLS, 465 for TLS from the start.'),
  security: z
    .enum(['starttls', 'tls', 'plain'])
    .describe(
      '`starttls`: nothing is sent before TLS is there; `tls`: TLS from the start; `plain`: no TLS, whatever the server offers.',
    ),
  ca: gatewayCa.describe(
    'Authority of the mail server’s certificate, PEM. Empty: those that the system trusts.',
  ),
  user: line(200).describe('User name at the mail server; empty for none.'),
  from: mailAddress.describe('The address from which mail comes; its name is that of the application.'),
  timeout_ms: gatewayFields.timeout_ms,
};
const password = z.string().min(1).max(256).describe('At the mail server. Write only; kept sealed.');

export const NewMailGateway = z.strictObject({
  name: gatewayFields.name,
  kind: z.literal('smtp').default('smtp'),
  enabled: gatewayFields.enabled.default(true),
  ...smtpFields,
  port: smtpFields.port.default(587),
  security: smtpFields.security.default('starttls'),
  ca: smtpFields.ca.default(''),
  user: smtpFields.user.default(''),
  timeout_ms: smtpFields.timeout_ms.default(10_000),
  password: password.optional(),
});
export const MailGatewayChanges = z
  .strictObject({ name: gatewayFields.name, enabled: gatewayFields.enabled, ...smtpFields, password })
  .partial();

/** What a gateway keeps besides its name; without the password. */
export const mailGatewaySettings = { smtp: z.object(smtpFields) } as const;

export const MailGateway = z.object({
  kind: z.literal('smtp'),
  id: ids.mailGateway,
  ...shownGateway,
  ...smtpFields,
});
export const MailGateways = z.object({ items: z.array(MailGateway).describe('In their order.') });
export const MailGatewayOrder = gatewayOrder(ids.mailGateway);

export const MailTest = z.strictObject({ to: mailAddress, gateway_id: onlyGateway(ids.mailGateway) });
export const MailTestResult = testResult(ids.mailGateway);

const subject = line(120).refine(
  (text) => [...text.matchAll(/\{(\w*)\}/g)].every(([, found]) => found === 'application'),
  'must have no other placeholder than {application}',
);
export const mailRulesFields = {
  address_hour: messageLimit(1000).describe('Messages to one address within an hour.'),
  address_day: messageLimit(1000).describe('Messages to one address within a day.'),
  user_hour: messageLimit(1000).describe('Messages for one user within an hour.'),
  user_day: messageLimit(1000).describe('Messages for one user within a day.'),
  total_hour: messageLimit(100_000).describe('Messages in all within an hour.'),
  total_day: messageLimit(1_000_000).describe('Messages in all within a day.'),
  ...codeRules,
  subject_en: subject.describe('The English subject; with {application}, if wanted.'),
  subject_de: subject.describe('The German subject.'),
  text_en: codeText.describe('The English text, with {code} and, if wanted, {application}.'),
  text_de: codeText.describe('The German text.'),
};
export const mailRulesDefaults = {
  address_hour: 5,
  address_day: 10,
  user_hour: 5,
  user_day: 10,
  total_hour: 1000,
  total_day: 5000,
  ...codeRulesDefaults,
  code_seconds: 900,
  subject_en: 'Your code for {application}',
  subject_de: 'Ihr Code für {application}',
  text_en:
    'Your code for {application}: {code}. Do not share it with anybody. If you did not ask for it, do nothing.',
  text_de:
    'Ihr Code für {application}: {code}. Geben Sie ihn nicht weiter. Falls Sie ihn nicht angefordert haben, tun Sie nichts.',
};
export const MailRules = z.object({ ...mailRulesFields, updated_at: time.nullable() });
export const MailRulesChanges = z.strictObject(mailRulesFields).partial();

export type NewMailGateway = z.output<typeof NewMailGateway>;
export type MailGatewayChanges = z.output<typeof MailGatewayChanges>;
export type MailGateway = z.output<typeof MailGateway>;
export type SmtpSettings = z.output<(typeof mailGatewaySettings)['smtp']>;
export type MailTest = z.output<typeof MailTest>;
export type MailRules = z.output<typeof MailRules>;
export type MailRulesChanges = z.output<typeof MailRulesChanges>;
