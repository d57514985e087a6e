// SMS: the gateways that send it, in order, and the rules that keep it from costing more than it should. Settings are flat, so that the
// command line has an option for each; which ones a gateway takes depends on its kind.
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
  messageLimit as limit,
  onlyGateway,
  shownGateway,
  testResult,
} from './message-models.ts';
import { flag, ids } from './models.ts';
import { line } from './text.ts';
import { time } from './time.ts';

export const smsGatewayKinds = ['twilio', 'http', 'smpp'] as const;
export type SmsGatewayKind = (typeof smsGatewayKinds)[number];

/** What stands in a template for what is sent; `password` is the gateway's own. */
export const smsPlaceholders = ['to', 'digits', 'from', 'text', 'id', 'coding', 'password'] as const;
export type SmsPlaceholder = (typeof smsPlaceholders)[number];

const placeholder = /\{(\w*)\}/g;
const hasOnlyPlaceholders = (text: string): boolean =>
  [...text.matchAll(placeholder)].every(([, found]) =>
    (smsPlaceholders as readonly string[]).includes(found ?? ''),
  );
const unknownPlaceholder = `must have no other placeholders than ${smsPlaceholders.map((each) => `{${each}}`).join(', ')}`;

/** Everything before the path is fixed: what is sent must not decide to whom. */
const isGatewayUrl = (text: string): boolean => {
  if (!/^https?:\/\/[^/?#{}\\@\s]+(?:[/?][^#\\\s]*)?$/.test(text)) return false;
  const url = text.replace(placeholder, 'x');
  return URL.canParse(url) && new URL(url).hostname !== '';
};

const url = z
  .string()
  .max(2000)
  .refine(
    isGatewayUrl,
    'must be an http or https URL without credentials, fragment and spaces; no placeholder in its host',
  );
const headerLine = z
  .string()
  .max(1000)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}: [\x20-\x7e]{1,900}$/, 'must look like `Name: value`')
  .refine(
    (text) => !/^(?:host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect):/i.test(text),
    'names a header that cannot be set',
  )
  .refine(hasOnlyPlaceholders, unknownPlaceholder);
const number = z
  .string()
  .regex(/^\+[1-9][0-9]{4,14}$/, 'must be an international number such as +491701234567');

const common = {
  ...gatewayFields,
  sender: z
    .string()
    .regex(
      /^(?:\+?[0-9]{0,15}|[A-Za-z0-9][A-Za-z0-9 .&_-]{0,10}|MG[0-9a-f]{32})$/,
      'must be a number, at most 11 letters and digits, or the id of a messaging service',
    )
    .describe(
      'From whom it comes: a number, or a name of at most 11 letters and digits. Empty: the gateway decides.',
    ),
};
const password = z
  .string()
  .min(1)
  .max(256)
  .describe('Auth token, API key or password. Write only; kept sealed.');

const twilioFields = {
  url: url
    .refine((text) => !/[?{]/.test(text), 'must be without query and placeholders')
    .describe('Twilio’s API, or another that takes the same.'),
  account: z
    .string()
    .regex(/^[A-Za-z0-9]{2,64}$/, 'must be an account SID')
    .describe('Account SID.'),
};
const httpFields = {
  url: url
    .refine(hasOnlyPlaceholders, unknownPlaceholder)
    .describe(
      'With {to}, {digits} (the number without +), {from}, {text}, {id}, {coding} (0 for GSM 7 bit, 2 for UCS-2) and {password} where they belong; each is escaped for where it stands.',
    ),
  method: z.enum(['GET', 'POST', 'PUT']),
  headers: z.array(headerLine).max(20).describe('Each as `Name: value`; may hold placeholders.'),
  content: z
    .enum(['none', 'form', 'json', 'xml'])
    .describe('What the body is, and so how placeholders in it are escaped.'),
  body: z
    .string()
    .max(4000)
    .refine(hasOnlyPlaceholders, unknownPlaceholder)
    .describe('With placeholders; in JSON within quotation marks.'),
  user: line(100).describe(
    'User name: of HTTP Basic authentication, empty for none; at an SMSC its system_id.',
  ),
  accepted_statuses: z
    .array(z.int().min(200).max(299))
    .max(20)
    .describe('HTTP statuses by which the gateway accepts. None: any from 200 to 299.'),
  accepted_text: z.string().max(200).describe('What the answer must contain besides. Empty: anything.'),
};
const octets = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII');
const smppFields = {
  host: gatewayHost.describe('Name or address of the SMSC.'),
  port: gatewayPort,
  tls: flag.describe('Whether the connection is TLS; the name in the certificate is checked.'),
  ca: gatewayCa.describe('Authority of the SMSC’s certificate, PEM. Empty: those that the system trusts.'),
  user: octets(15).min(1).describe('User name at the SMSC (system_id).'),
  system_type: octets(12),
  bind: z.enum(['transceiver', 'transmitter']),
};

const kindFields = {
  twilio: {
    ...twilioFields,
    url: twilioFields.url.default('https://api.twilio.com'),
    password,
  },
  http: {
    ...httpFields,
    method: httpFields.method.default('POST'),
    headers: httpFields.headers.default([]),
    content: httpFields.content.default('none'),
    body: httpFields.body.default(''),
    user: httpFields.user.default(''),
    accepted_statuses: httpFields.accepted_statuses.default([]),
    accepted_text: httpFields.accepted_text.default(''),
    password: password.optional(),
  },
  smpp: {
    ...smppFields,
    port: smppFields.port.default(2775),
    tls: smppFields.tls.default(false),
    ca: smppFields.ca.default(''),
    system_type: smppFields.system_type.default(''),
    bind: smppFields.bind.default('transceiver'),
    password: password.optional(),
  },
};
const newCommon = {
  name: common.name,
  enabled: common.enabled.default(true),
  sender: common.sender.default(''),
  timeout_ms: common.timeout_ms.default(5000),
};
export const NewSmsGateway = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('twilio'), ...newCommon, ...kindFields.twilio }),
  z.strictObject({ kind: z.literal('http'), ...newCommon, ...kindFields.http }),
  z.strictObject({ kind: z.literal('smpp'), ...newCommon, ...kindFields.smpp }),
]);

const changeable = { ...common, ...smppFields, ...twilioFields, ...httpFields, password };
/** Of any kind; a field that the gateway's kind has not is refused. */
export const SmsGatewayChanges = z.strictObject(changeable).partial();
/** What the command line has options for; which are needed depends on the kind. */
export const SmsGatewayFields = z.strictObject({
  name: common.name,
  kind: z.enum(smsGatewayKinds),
  ...z.strictObject(changeable).omit({ name: true }).partial().shape,
});

/** What a gateway of each kind keeps besides its name; without the password. */
export const smsGatewaySettings = {
  twilio: z.object({ sender: common.sender, timeout_ms: common.timeout_ms, ...twilioFields }),
  http: z.object({ sender: common.sender, timeout_ms: common.timeout_ms, ...httpFields }),
  smpp: z.object({ sender: common.sender, timeout_ms: common.timeout_ms, ...smppFields }),
} as const;

const shown = { id: ids.smsGateway, ...shownGateway };
export const SmsGateway = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('twilio'), ...shown, ...smsGatewaySettings.twilio.shape }),
  z.object({ kind: z.literal('http'), ...shown, ...smsGatewaySettings.http.shape }),
  z.object({ kind: z.literal('smpp'), ...shown, ...smsGatewaySettings.smpp.shape }),
]);
export const SmsGateways = z.object({ items: z.array(SmsGateway).describe('In their order.') });
export const SmsGatewayOrder = gatewayOrder(ids.smsGateway);

export const SmsTest = z.strictObject({ to: number, gateway_id: onlyGateway(ids.smsGateway) });
export const SmsTestResult = testResult(ids.smsGateway);

const prefix = z.string().regex(/^[1-9][0-9]{0,11}$/, 'must be digits such as 49, without +');

export const smsRulesFields = {
  allowed_prefixes: z
    .array(prefix)
    .max(300)
    .describe(
      'Where texts may go: dialling prefixes without +. None: nowhere. A country calling code takes in all of it: 1 is also the Caribbean.',
    ),
  blocked_prefixes: z
    .array(prefix)
    .max(300)
    .describe('Where they may not go though a shorter prefix is allowed; the longest prefix decides.'),
  number_hour: limit(1000).describe('Texts to one number within an hour.'),
  number_day: limit(1000).describe('Texts to one number within a day.'),
  user_hour: limit(1000).describe('Texts for one user within an hour.'),
  user_day: limit(1000).describe('Texts for one user within a day.'),
  prefix_hour: limit(100_000).describe('Texts to the numbers of one allowed prefix within an hour.'),
  prefix_day: limit(1_000_000).describe('Texts to the numbers of one allowed prefix within a day.'),
  total_hour: limit(100_000).describe('Texts in all within an hour.'),
  total_day: limit(1_000_000).describe('Texts in all within a day.'),
  ...codeRules,
  text_en: codeText.describe('The English text, with {code} and, if wanted, {application}.'),
  text_de: codeText.describe('The German text.'),
};
export const smsRulesDefaults = {
  allowed_prefixes: [] as string[],
  blocked_prefixes: [] as string[],
  number_hour: 5,
  number_day: 10,
  user_hour: 5,
  user_day: 10,
  prefix_hour: 200,
  prefix_day: 1000,
  total_hour: 500,
  total_day: 2000,
  ...codeRulesDefaults,
  text_en: 'Your code for {application}: {code}. Do not share it with anybody.',
  text_de: 'Ihr Code für {application}: {code}. Geben Sie ihn nicht weiter.',
};
export const SmsRules = z.object({ ...smsRulesFields, updated_at: time.nullable() });
export const SmsRulesChanges = z.strictObject(smsRulesFields).partial();

export type NewSmsGateway = z.output<typeof NewSmsGateway>;
export type SmsGatewayChanges = z.output<typeof SmsGatewayChanges>;
export type SmsGatewayFields = z.output<typeof SmsGatewayFields>;
export type SmsGateway = z.output<typeof SmsGateway>;
export type TwilioSettings = z.output<(typeof smsGatewaySettings)['twilio']>;
export type HttpSettings = z.output<(typeof smsGatewaySettings)['http']>;
export type SmppSettings = z.output<(typeof smsGatewaySettings)['smpp']>;
export type SmsTest = z.output<typeof SmsTest>;
export type SmsRules = z.output<typeof SmsRules>;
export type SmsRulesChanges = z.output<typeof SmsRulesChanges>;
