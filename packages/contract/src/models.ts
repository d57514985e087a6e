// The things the API speaks of: one schema each, from which validation, types, documentation and forms derive.
// `New…` is what creates one, `…Changes` what may be changed (absent = untouched).
import { z } from 'zod';
import { imageFields } from './images.ts';
import { DevicePush } from './push-models.ts';
import { acknowledged } from './requirements.ts';
import { refusalReasons } from './refusal-reasons.ts';
import { allScopes, type Scope } from './scopes.ts';
import { type SettingName, settings } from './settings.ts';
import { type StepCode, steps } from './steps.ts';
import { line, name } from './text.ts';
import { time } from './time.ts';

const id = (prefix: string) =>
  z
    .string()
    .regex(
      new RegExp(`^${prefix}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`),
      `must be an id that begins with ${prefix}_`,
    );

export const ids = {
  application: id('app'),
  user: id('usr'),
  device: id('dev'),
  onboardingLink: id('lnk'),
  onboardingProcess: id('onp'),
  radiusClient: id('rcl'),
  homeServer: id('hsv'),
  apiClient: id('acl'),
  scimToken: id('sct'),
  scepProfile: id('scp'),
  scepChallenge: id('sch'),
  scepRequest: id('srq'),
  userSource: id('src'),
  userSourceSync: id('syn'),
  openidProvider: id('oip'),
  smsGateway: id('sms'),
  mailGateway: id('mgw'),
  team: id('tem'),
  authRequest: id('req'),
  challenge: id('chl'),
  auditEvent: id('evt'),
  administrator: id('adm'),
  session: id('ses'),
  passkey: id('pky'),
  userImport: id('uim'),
} as const;

export const flag = z.boolean();

const defaultOf = (name: SettingName): string =>
  `Default: the setting ${name}, ${settings[name].default} at first.`;

// ---- applications

const secondFactors = ['push', 'by_team', 'none'] as const;
export const userVerifications = ['off', 'required'] as const;
export const deviceModes = ['single', 'override', 'multiple'] as const;
const openOrClosed = z.enum(['open', 'closed']);
const applicationFields = {
  name: name(80).describe('What people call it; shown on the phone.'),
  request_seconds: z
    .int()
    .min(10)
    .max(600)
    .describe('How long a request on the phone can be answered, in seconds.'),
  device_limit: z
    .int()
    .min(0)
    .max(20)
    .describe('How many devices a user may have unless the user’s own limit says otherwise.'),
  second_factor: z
    .enum(secondFactors)
    .describe(
      'What a login needs besides the password: `push` is an approval on a device, `by_team` asks the members of teams that require it for one and lets the password of everybody else alone in, `none` lets the password alone in. Every login is recorded either way.',
    ),
  user_verification: z
    .enum(userVerifications)
    .describe(
      'Whether an approval needs a fingerprint, a face or the PIN of the phone besides: `required` or `off`. It is checked by WebAuthn; denying never needs it.',
    ),
  unreachable_grace_seconds: z
    .int()
    .min(0)
    .max(3600)
    .describe(
      'How long a remote proxy that lost this server goes on letting people in who passed the first factor alone, in seconds. 0: never. Whoever can cut the link opens the door for as long.',
    ),
  device_mode: z
    .enum(deviceModes)
    .describe(
      '`single`: a user who has a device gets no other; `override`: a new device takes the place of the old one; `multiple`: as many as `device_limit` says. With the first two `device_limit` is at most 1.',
    ),
  enrolment: openOrClosed.describe(
    '`closed`: no device is bound, not even by an onboarding link. Devices that are bound go on working.',
  ),
  authorisation: openOrClosed.describe(
    '`closed`: every login is refused, whatever the second factor is, and those that wait are cancelled. Devices are bound as before. Administrators who sign in with a phone of the application cannot, either.',
  ),
  new_device_wait_seconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .describe(
      'How long another device of a user who has one waits before it can be bound, in seconds, so that the user can object; onboarding links do not wait.',
    ),
  new_device_cool_down_seconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .describe(
      'How long another device of a user who has one cannot approve after it was bound, in seconds, however it was bound; the older devices are told and can refuse it meanwhile. 0: not at all.',
    ),
  enabled: flag.describe('A disabled application refuses every login.'),
};

export const NewApplication = z.strictObject({
  ...applicationFields,
  request_seconds: applicationFields.request_seconds
    .optional()
    .describe(`${applicationFields.request_seconds.description} ${defaultOf('request_seconds')}`),
  device_limit: applicationFields.device_limit
    .optional()
    .describe(`${applicationFields.device_limit.description} ${defaultOf('device_limit')}`),
  second_factor: applicationFields.second_factor.default('push'),
  user_verification: applicationFields.user_verification.default('off'),
  unreachable_grace_seconds: applicationFields.unreachable_grace_seconds.default(0),
  device_mode: applicationFields.device_mode
    .optional()
    .describe(
      `${applicationFields.device_mode.description} Default: \`single\`, or \`multiple\` where the device limit is more than 1.`,
    ),
  enrolment: applicationFields.enrolment.default('open'),
  authorisation: applicationFields.authorisation.default('open'),
  new_device_wait_seconds: applicationFields.new_device_wait_seconds.default(0),
  new_device_cool_down_seconds: applicationFields.new_device_cool_down_seconds.default(0),
  enabled: applicationFields.enabled.default(true),
  acknowledged: acknowledged.optional(),
});
export const ApplicationChanges = z.strictObject({ ...applicationFields, acknowledged }).partial();
export const Application = z.object({
  id: ids.application,
  access_id: z.uuid().describe('By this id doors and authenticators name the application.'),
  ...applicationFields,
  ...imageFields,
  created_at: time,
  updated_at: time,
});

// ---- users

const userFields = {
  username: name(255).describe('Unique in the application, whatever its letter case and Unicode form.'),
  full_name: line(200),
  email: z.union([z.email().max(254), z.literal('')]),
  phone: z.union([
    z.string().regex(/^\+[1-9][0-9]{4,14}$/, 'must be an international number such as +491701234567'),
    z.literal(''),
  ]),
  teams: z.array(name(80)).max(100).describe('Names of teams; missing ones are made.'),
  external_guid: line(128).describe('External id: the id of this user in a directory or another system.'),
  enabled: flag,
  device_limit: z
    .int()
    .min(0)
    .max(20)
    .nullable()
    .describe('Overrides the application’s device limit; null to follow it.'),
};
const password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(256)
  .describe('Write only; kept as argon2id hash.');

export const NewUser = z.strictObject({
  application_id: ids.application,
  username: userFields.username,
  full_name: userFields.full_name.default(''),
  email: userFields.email.default(''),
  phone: userFields.phone.default(''),
  teams: userFields.teams.default([]),
  external_guid: userFields.external_guid.default(''),
  enabled: userFields.enabled.default(true),
  device_limit: userFields.device_limit.default(null),
  password: password.optional(),
});
export const UserChanges = z
  .strictObject({ ...userFields, password: password.nullable().describe('null removes the password.') })
  .partial();
export const User = z.object({
  id: ids.user,
  application_id: ids.application,
  ...userFields,
  has_password: flag,
  device_count: z.int(),
  requests_held: flag.describe('True after “it was not me”, until an administrator releases the requests.'),
  left_alone_until: time
    .nullable()
    .describe('Until when the phone is left alone after denied or ignored requests.'),
  last_authenticated_at: time.nullable(),
  last_onboarded_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

// ---- onboarding links

export const NewOnboardingLink = z.strictObject({
  user_id: ids.user,
  valid_seconds: z
    .int()
    .min(60)
    .max(30 * 86_400)
    .optional()
    .describe(`How long the link works, in seconds. ${defaultOf('onboarding_link_hours')}`),
});
export const OnboardingLink = z.object({
  id: ids.onboardingLink,
  user_id: ids.user,
  created_at: time,
  expires_at: time,
  used_at: time.nullable(),
});
export const CreatedOnboardingLink = OnboardingLink.extend({
  link: z.string().describe('Shown once; works once.'),
});

// ---- devices

export const DeviceChanges = z.strictObject({ name: name(80) });
export const Device = z.object({
  id: ids.device,
  user_id: ids.user,
  name: z.string(),
  platform: z.string(),
  app_version: z.string(),
  key_thumbprint: z.string().describe('RFC 7638 SHA-256 thumbprint of the signing key.'),
  certificate_serial: z.string(),
  certificate_expires_at: time,
  created_at: time,
  last_seen_at: time.nullable(),
  revoked_at: time.nullable(),
  approves_from: time
    .nullable()
    .describe(
      'Until then the device cannot approve (cool-down of a new device); null: it never had to wait.',
    ),
  push: DevicePush,
  user_verification: z
    .object({ set_up_at: time, last_used_at: time.nullable() })
    .nullable()
    .describe('Since when the device can verify its user before an approval; null: it cannot so far.'),
});

// ---- API clients

const scope = z.enum(allScopes as [Scope, ...Scope[]]);
const apiClientFields = {
  name: name(80),
  scopes: z.array(scope).min(1).describe('What the client may do.'),
  application_id: ids.application
    .nullable()
    .describe('When set, the client sees only this application, its users, devices and auth requests.'),
  enabled: flag,
};
export const NewApiClient = z.strictObject({
  ...apiClientFields,
  application_id: apiClientFields.application_id.default(null),
  enabled: apiClientFields.enabled.default(true),
});
export const ApiClientChanges = z.strictObject(apiClientFields).omit({ application_id: true }).partial();
export const ApiClient = z.object({
  id: ids.apiClient.describe('Also the OAuth 2.0 client_id.'),
  ...apiClientFields,
  last_used_at: time.nullable(),
  created_at: time,
  updated_at: time,
});
export const CreatedApiClient = ApiClient.extend({ client_secret: z.string().describe('Shown once.') });

// ---- auth requests

export const authRequestStatuses = ['pending', 'approved', 'denied', 'expired', 'cancelled'] as const;
export type AuthRequestStatus = (typeof authRequestStatuses)[number];
/** An administrator who signs in to the console by phone is asked like anybody, and yet is no login to what is protected. */
export const activityKinds = ['login', 'console_sign_in'] as const;
export type ActivityKind = (typeof activityKinds)[number];

export const NewAuthRequest = z.strictObject({
  application: z.uuid().describe('Access ID of the application.'),
  username: name(255),
  title: line(80).optional().describe('Default: “Log in to” and the application’s name.'),
  description: line(500).default('').describe('What the user is asked to approve.'),
  client_name: line(80)
    .optional()
    .describe('Where the user logs in, as the user knows it. Default: the API client’s name.'),
  client_address: z
    .union([z.ipv4(), z.ipv6()])
    .nullable()
    .default(null)
    .describe('Where the login comes from.'),
  reference: line(100)
    .optional()
    .describe(
      'Your own id of what is to be approved. Asked again with the same reference while it is open, the answer is the open auth request; without one every call asks anew. Not with number matching.',
    ),
  reference_lasts: flag
    .optional()
    .describe(
      'Default: true. Whether the reference names this one login for good: then, asked again within 30 seconds of its end, the answer is the one that has ended.',
    ),
  packet_digest: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'must be a SHA-256 in base64url')
    .optional()
    .describe(
      'For callers that pass on packets: SHA-256, in base64url, of the very packet that asks. The same packet for the same user joins the auth request that it made, and asks nobody a second time: 30 seconds after the end, and at once with number matching, it is refused as a copy. Binds nobody but this caller.',
    ),
  seconds: z
    .int()
    .min(10)
    .max(600)
    .optional()
    .describe('How long it can be answered. Default: the application’s.'),
  number_matching: flag
    .default(false)
    .describe('Ask for a number; the response carries it, and the caller must show it to the user.'),
});
export const AuthRequest = z.object({
  id: ids.authRequest,
  application_id: ids.application,
  username: z.string(),
  status: z.enum(authRequestStatuses),
  created_at: time,
  expires_at: time,
  decided_at: time.nullable(),
});
export const CreatedAuthRequest = AuthRequest.extend({
  number: z
    .string()
    .nullable()
    .describe('The number to show to the user, when number matching was asked for.'),
});

const reasonCodes = Object.keys(refusalReasons) as [
  keyof typeof refusalReasons,
  ...(keyof typeof refusalReasons)[],
];
const stepCodes = Object.keys(steps) as [StepCode, ...StepCode[]];
export const Step = z.object({ at: time, code: z.enum(stepCodes), text: z.string() });
export const Activity = AuthRequest.extend({
  user_id: ids.user.nullable(),
  kind: z
    .enum(activityKinds)
    .describe(
      '`console_sign_in`: an administrator signed in to the console by phone; `login`: anything else.',
    ),
  door: z.enum(['radius', 'api', 'console', 'onboarding']),
  client_name: z.string(),
  client_address: z.string().nullable(),
  reason: z.enum(reasonCodes).nullable(),
  reason_text: z.string().nullable(),
  remedy: z.string().nullable(),
});
export const ActivityWithSteps = Activity.extend({ steps: z.array(Step).describe('Oldest first.') });

export const Evidence = z.object({
  format: z.literal('countersign-evidence-1'),
  request_id: ids.authRequest,
  challenge_id: ids.challenge,
  content: z.string().describe('The exact text that was shown; its SHA-256 is signed.'),
  number: z
    .string()
    .nullable()
    .describe(
      'The number that had to be typed to approve; null without one, and when the decision was not to approve.',
    ),
  answer: z.string().describe('The signed answer, a JWS.'),
  certificate: z.string().describe('The device’s certificate, PEM.'),
  chain: z.array(z.string()).describe('Its issuers, PEM.'),
});

export const AuditEvent = z.object({
  id: ids.auditEvent,
  chain: z.string(),
  sequence: z.int(),
  at: time,
  event: z.string(),
  actor_kind: z.string(),
  actor_id: z.string().nullable(),
  application_id: z.string().nullable(),
  subject_id: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

// ---- lists

/** Query of every list: a page of at most `limit` things, continued with the cursor of the page before. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.'),
  // Holds the longest name there is (255 characters of 4 bytes) and an id, in base64url.
  cursor: z.string().max(1600).optional().describe('`next_cursor` of the page before.'),
};
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });
/** A page that says how many there are in all; null from the second page on. */
export const countedPage = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable(), total: z.int().nullable() });

export type NewApplication = z.output<typeof NewApplication>;
export type ApplicationChanges = z.output<typeof ApplicationChanges>;
export type Application = z.output<typeof Application>;
export type NewUser = z.output<typeof NewUser>;
export type UserChanges = z.output<typeof UserChanges>;
export type User = z.output<typeof User>;
export type OnboardingLink = z.output<typeof OnboardingLink>;
export type CreatedOnboardingLink = z.output<typeof CreatedOnboardingLink>;
export type Device = z.output<typeof Device>;
export type NewApiClient = z.output<typeof NewApiClient>;
export type CreatedApiClient = z.output<typeof CreatedApiClient>;
export type ApiClientChanges = z.output<typeof ApiClientChanges>;
export type ApiClient = z.output<typeof ApiClient>;
export type NewAuthRequest = z.output<typeof NewAuthRequest>;
export type AuthRequest = z.output<typeof AuthRequest>;
export type Activity = z.output<typeof Activity>;
export type ActivityWithSteps = z.output<typeof ActivityWithSteps>;
export type Evidence = z.output<typeof Evidence>;
export type AuditEvent = z.output<typeof AuditEvent>;
