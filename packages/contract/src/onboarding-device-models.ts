// Requests and responses of onboarding by requirements (docs/reference/device-protocol.md, section 10).
import { z } from 'zod';
import { applicationShown, NewDevice, onboardingTicket, Onboarding, userName } from './device-models.ts';
import { ids } from './models.ts';
import { OpenidAnswer } from './openid-models.ts';
import { onboardingEndings } from './onboarding-steps.ts';
import { processStatuses } from './requirement-kinds.ts';
import { ProcessRequirement } from './onboarding-models.ts';
import { RequirementKind } from './requirements.ts';

const time = z.int().describe('Epoch milliseconds.');
/** What people type to say who they are; whatever it is, nothing but a user's name finds a user. */
const username = z.string().min(1).max(320);

/** What is demanded of a device that wants to be bound, before it has begun. */
export const EnrolmentOffer = z.object({
  application: applicationShown,
  requirements: z
    .array(z.object({ kind: RequirementKind }))
    .describe('In the order in which they are to be met.'),
  server_time: time,
});
export type EnrolmentOffer = z.output<typeof EnrolmentOffer>;

export const NewProcess = z.strictObject({ device: NewDevice });
export type NewProcess = z.output<typeof NewProcess>;

const code = z
  .string()
  .regex(/^[0-9]{6}$/)
  .optional();

/** What a device gives, by the kind that is to be met. */
export const StepInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('activation_link'), ticket: onboardingTicket }),
  z.strictObject({
    kind: z.literal('simple_credentials'),
    username,
    password: z.string().min(1).max(256),
  }),
  z
    .strictObject({
      kind: z.literal('sms'),
      number: z
        .string()
        .min(1)
        .max(40)
        .optional()
        .describe('To which a code is to be sent, with `+` or `00` before the country.'),
      code,
    })
    .describe('Number or code. Neither: to the number of the user, or again to the one given before.'),
  z
    .strictObject({
      kind: z.literal('email_code'),
      address: z.string().min(1).max(320).optional().describe('To which a code is to be sent.'),
      code,
    })
    .describe('Address or code. Neither: to the address of the user, or again to the one given before.'),
  z
    .strictObject({
      kind: z.literal('openid_connect'),
      provider_id: ids.openidProvider.optional().describe('Where the person wants to log in.'),
      answer: OpenidAnswer.optional().describe('What the provider gave to the browser.'),
    })
    .describe('An answer; without one, a login is begun, at the only provider where none is named.'),
  z.strictObject({ kind: z.literal('manual'), username: username.optional() }),
  z.strictObject({ kind: z.literal('existing_device') }),
  z.strictObject({ kind: z.literal('administrator_approval') }),
]);
export type StepInput = z.output<typeof StepInput>;

const ask = {
  state: z
    .enum(['input', 'waiting'])
    .describe('`input`: the device gives something; `waiting`: somebody else decides.'),
  tries_left: z.int(),
  alternatives: z.array(RequirementKind).describe('Kinds that may be given in its place.'),
};

const sent = {
  code_until: time.nullable(),
  resend_at: time.nullable().describe('When it can be sent again; null when it cannot.'),
};

/** What is to be met next, and what the device must show for it. */
export const ProcessAsk = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('activation_link'), ...ask }),
  z.object({ kind: z.literal('simple_credentials'), ...ask }),
  z.object({
    kind: z.literal('sms'),
    ...ask,
    needs_number: z.boolean().describe('Whether the person must give a telephone number.'),
    sent_to: z.string().nullable().describe('The end of the number that a code was sent to. Null before.'),
    ...sent,
  }),
  z.object({
    kind: z.literal('email_code'),
    ...ask,
    needs_address: z.boolean().describe('Whether the person must give an e-mail address.'),
    sent_to: z
      .string()
      .nullable()
      .describe('First letter and domain of the address that a code was sent to. Null before.'),
    ...sent,
  }),
  z.object({
    kind: z.literal('openid_connect'),
    ...ask,
    providers: z.array(z.object({ id: ids.openidProvider, name: z.string() })),
    authorization_url: z
      .string()
      .nullable()
      .describe('Where the person is to log in, in this very browser. Null while no login is under way.'),
    answer_until: time.nullable(),
  }),
  z.object({
    kind: z.literal('manual'),
    ...ask,
    needs_username: z.boolean().describe('Whether the person must say who it is.'),
    picture_seed: z
      .string()
      .nullable()
      .describe('32 bytes, base64url; the device makes its picture of it. Null before.'),
  }),
  z.object({
    kind: z.literal('existing_device'),
    ...ask,
    number: z.string().nullable().describe('To be typed on the old device. Null before.'),
    answer_until: time.nullable(),
  }),
  z.object({ kind: z.literal('administrator_approval'), ...ask }),
]);
export type ProcessAsk = z.output<typeof ProcessAsk>;

const endings = Object.keys(onboardingEndings) as [keyof typeof onboardingEndings];

/** A process as the device that began it sees it. */
export const OwnProcess = z.object({
  process_id: ids.onboardingProcess,
  status: z.enum(processStatuses),
  ending: z.enum(endings).nullable(),
  refusal: z.string().nullable().describe('What the administrator who refused wrote.'),
  application: applicationShown,
  requirements: z.array(ProcessRequirement),
  next: ProcessAsk.nullable().describe('Null when everything is met, and when it ended.'),
  may_complete: z.boolean(),
  ready_at: time.nullable().describe('Until then the device cannot be bound, though everything is met.'),
  user: userName.nullable().describe('As soon as it is proved who it is.'),
  expires_at: time,
  server_time: time,
});
export type OwnProcess = z.output<typeof OwnProcess>;

export const Completion = Onboarding.omit({ ticket: true });
export type Completion = z.output<typeof Completion>;
