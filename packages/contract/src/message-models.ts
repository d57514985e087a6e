// What SMS and mail have in common: gateways in order, how a message went, and the limits of codes.
import { z } from 'zod';
import { type MessageFailure, messageFailures } from './message-failures.ts';
import { flag } from './models.ts';
import { line, name } from './text.ts';
import { time } from './time.ts';

export const messageChannels = ['sms', 'mail'] as const;
export type MessageChannel = (typeof messageChannels)[number];
export type MessageLanguage = 'en' | 'de';

/** Of gateways of every kind. */
export const gatewayFields = {
  name: name(80),
  enabled: flag.describe('A gateway that is off is passed over.'),
  timeout_ms: z
    .int()
    .min(500)
    .max(30_000)
    .describe('How long to wait for the gateway before the next one is asked, in milliseconds.'),
};

export const gatewayHost = z
  .string()
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+)$/,
    'must be a host name or an address',
  );
export const gatewayPort = z.int().min(1).max(65_535);
export const gatewayCa = z
  .string()
  .max(20_000)
  .regex(/^(?:$|-----BEGIN CERTIFICATE-----)/, 'must be a certificate in PEM');

/** Of a gateway as it is shown, whatever its kind. */
export const shownGateway = {
  name: gatewayFields.name,
  enabled: gatewayFields.enabled,
  position: z.int().describe('Gateways are asked in this order, from 1.'),
  has_password: flag,
  last_accepted_at: time.nullable(),
  last_failed_at: time.nullable(),
  last_failure: z.string().nullable().describe('Why it failed then.'),
  created_at: time,
  updated_at: time,
};
/** What the server keeps of every gateway. */
export type ShownGateway = {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly position: number;
  readonly has_password: boolean;
  readonly last_accepted_at: number | null;
  readonly last_failed_at: number | null;
  readonly last_failure: string | null;
  readonly updated_at: number;
};

export const gatewayOrder = <Id extends z.ZodType>(id: Id) =>
  z.strictObject({
    gateway_ids: z.array(id).max(20).describe('All of them, each once, in their new order.'),
  });

const failures = Object.keys(messageFailures) as [MessageFailure, ...MessageFailure[]];

/** What is asked of a test, beside to whom. */
export const onlyGateway = <Id extends z.ZodType>(id: Id) =>
  id.optional().describe('Only this one, also when it is off. Absent: all, in order, as for a code.');

export const testResult = <Id extends z.ZodType>(id: Id) =>
  z.object({
    accepted: flag,
    tried: z
      .array(
        z.object({
          gateway_id: id,
          gateway: z.string(),
          accepted: flag,
          failure: z.enum(failures).nullable(),
          detail: z.string().describe('What the gateway said; never what was sent.'),
        }),
      )
      .describe('In the order in which they were asked; ends with the one that accepted.'),
  });
/** How a test went, whatever the channel. */
export interface MessageTestResult {
  readonly accepted: boolean;
  readonly tried: {
    readonly gateway_id: string;
    readonly gateway: string;
    readonly accepted: boolean;
    readonly failure: MessageFailure | null;
    readonly detail: string;
  }[];
}

export const messageLimit = (most: number) => z.int().min(0).max(most);

/** Of a code, however it is sent. */
export const codeRules = {
  code_seconds: z.int().min(60).max(3600).describe('How long a code works, in seconds.'),
  code_attempts: z.int().min(1).max(10).describe('How many wrong codes are allowed, resends or not.'),
  code_resends: z.int().min(0).max(10).describe('How often a code may be sent again.'),
  resend_seconds: z.int().min(10).max(600).describe('How long to wait before it is sent again, in seconds.'),
};
export const codeRulesDefaults = { code_seconds: 300, code_attempts: 5, code_resends: 3, resend_seconds: 30 };
export type CodeRules = typeof codeRulesDefaults;

/** What the text with a code must have, and may have. */
export const codeText = line(200)
  .refine((text) => text.split('{code}').length === 2, 'must have {code} in it, once')
  .refine(
    (text) =>
      [...text.matchAll(/\{(\w*)\}/g)].every(([, found]) => found === 'code' || found === 'application'),
    'must have no other placeholders than {code} and {application}',
  );
