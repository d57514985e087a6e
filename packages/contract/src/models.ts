// The things the API speaks of: one schema each, from which validation, types, documentation and forms derive.
// `New…` is what creates one, `…Changes` what may be changed (absent = untouched).
import { z } from 'zod';
import { DevicePush } from './push-models.ts';
import { refusalReasons } from './refusal-reasons.ts';
import { allScopes, type Scope } from './scopes.ts';
import { type StepCode, steps } from './steps.ts';
import { line, name } from './text.ts';

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
  radiusClient: id('rcl'),
  homeServer: id('hsv'),
  apiClient: id('acl'),
  authRequest: id('req'),
  challenge: id('chl'),
  auditEvent: id('evt'),
} as const;

const time = z.int().min(0).describe('Epoch milliseconds.');
const flag = z.boolean();

// ---- applications

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
    .enum(['push', 'none'])
    .describe(
      'What a login needs besides the password: `push` is an approval on a device, `none` lets the password alone in. Every login is recorded either way.',
    ),
  unreachable_grace_seconds: z
    .int()
    .min(0)
    .max(3600)
    .describe(
      'How long a remote proxy that lost this server goes on letting people in who passed the first factor alone, in seconds. 0: never. Whoever can cut the link opens the door for as long.',
    ),
  enabled: flag.describe('A disabled application refuses every login.'),
};

export const NewApplication = z.strictObject({
  ...applicationFields,
  request_seconds: applicationFields.request_seconds.default(60),
  device_limit: applicationFields.device_limit.default(1),
  second_factor: applicationFields.second_factor.default('push'),
  unreachable_grace_seconds: applicationFields.unreachable_grace_seconds.default(0),
  enabled: applicationFields.enabled.default(true),
});
export const ApplicationChanges = z.strictObject(applicationFields).partial();
export const Application = z.object({
  id: ids.application,
  access_id: z.uuid().describe('By this id doors and authenticators name the application.'),
  ...applicationFields,
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
  external_guid: line(128).describe('The id of this user elsewhere, for example in a directory.'),
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
  requests_held: flag.describe('True after “it was not me”, until an administrator clears it.'),
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
    .default(86_400)
    .describe('How long the link works, in seconds.'),
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
  push: DevicePush,
});

// ---- RADIUS clients and home servers

export const messageAuthenticatorPolicy = z
  .enum(['require', 'auto', 'off'])
  .describe(
    'Whether packets must carry Message-Authenticator. `auto` demands it from the first time it was seen; `off` lets packets be forged on the way (CVE-2024-3596).',
  );
const sharedSecret = z
  .string()
  .min(16, 'must have at least 16 characters')
  .max(128)
  .describe('Write only; kept sealed.');

const radiusClientFields = {
  name: name(80),
  application_id: ids.application,
  network: z
    .string()
    .max(64)
    .describe('Address or network in CIDR form, IPv4 or IPv6; the longest prefix wins.'),
  message_authenticator: messageAuthenticatorPolicy,
  number_matching: flag.describe(
    'Show a number at the login (Access-Challenge) that must be typed on the phone.',
  ),
  strip_realm: flag.describe(
    'Look `DOMAIN\\alice` and `alice@realm` up as `alice`. Home servers get the name as it was typed.',
  ),
  append_realm: line(100)
    .refine((text) => !/[@\\\s]/.test(text), 'must be a realm such as corp.example, without @')
    .describe('Realm that a name without one is given before it is looked up, for example `corp.example`.'),
  home_server_ids: z
    .array(ids.homeServer)
    .max(8)
    .describe('Home servers that check the password, in order. None: the application’s own users.'),
  relay: flag.describe(
    'Pass logins to the home servers and their answers back, unchanged and unrecorded: no user, no second factor. For the days before a roll-out, and for devices without a person.',
  ),
  enabled: flag,
};
export const NewRadiusClient = z.strictObject({
  ...radiusClientFields,
  message_authenticator: radiusClientFields.message_authenticator.default('require'),
  number_matching: radiusClientFields.number_matching.default(false),
  strip_realm: radiusClientFields.strip_realm.default(false),
  append_realm: radiusClientFields.append_realm.default(''),
  home_server_ids: radiusClientFields.home_server_ids.default([]),
  relay: radiusClientFields.relay.default(false),
  enabled: radiusClientFields.enabled.default(true),
  shared_secret: sharedSecret
    .optional()
    .describe('Write only; kept sealed. Generated when absent, and then shown once.'),
});
export const RadiusClientChanges = z
  .strictObject({ ...radiusClientFields, shared_secret: sharedSecret })
  .omit({ application_id: true })
  .partial();
export const RadiusClient = z.object({
  id: ids.radiusClient,
  ...radiusClientFields,
  created_at: time,
  updated_at: time,
});
export const CreatedRadiusClient = RadiusClient.extend({ shared_secret: z.string().describe('Shown once.') });

const homeServerFields = {
  name: name(80),
  address: z.union([z.ipv4(), z.ipv6()]).describe('IPv4 or IPv6 address.'),
  port: z.int().min(1).max(65_535),
  message_authenticator: messageAuthenticatorPolicy,
  timeout_ms: z
    .int()
    .min(200)
    .max(30_000)
    .describe('How long to wait for an answer before sending again, in milliseconds.'),
  tries: z.int().min(1).max(5).describe('How often to send before the next home server is asked.'),
  dead_seconds: z
    .int()
    .min(1)
    .max(3600)
    .describe('How long a silent home server is passed over, in seconds.'),
};
export const NewHomeServer = z.strictObject({
  ...homeServerFields,
  port: homeServerFields.port.default(1812),
  message_authenticator: homeServerFields.message_authenticator.default('require'),
  timeout_ms: homeServerFields.timeout_ms.default(2000),
  tries: homeServerFields.tries.default(2),
  dead_seconds: homeServerFields.dead_seconds.default(30),
  shared_secret: sharedSecret,
});
export const HomeServerChanges = z
  .strictObject({ ...homeServerFields, shared_secret: sharedSecret })
  .partial();
export const HomeServer = z.object({
  id: ids.homeServer,
  ...homeServerFields,
  created_at: time,
  updated_at: time,
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
  door: z.enum(['radius', 'api']),
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

export type NewApplication = z.output<typeof NewApplication>;
export type ApplicationChanges = z.output<typeof ApplicationChanges>;
export type Application = z.output<typeof Application>;
export type NewUser = z.output<typeof NewUser>;
export type UserChanges = z.output<typeof UserChanges>;
export type User = z.output<typeof User>;
export type OnboardingLink = z.output<typeof OnboardingLink>;
export type CreatedOnboardingLink = z.output<typeof CreatedOnboardingLink>;
export type Device = z.output<typeof Device>;
export type NewRadiusClient = z.output<typeof NewRadiusClient>;
export type RadiusClientChanges = z.output<typeof RadiusClientChanges>;
export type RadiusClient = z.output<typeof RadiusClient>;
export type NewHomeServer = z.output<typeof NewHomeServer>;
export type HomeServerChanges = z.output<typeof HomeServerChanges>;
export type HomeServer = z.output<typeof HomeServer>;
export type NewApiClient = z.output<typeof NewApiClient>;
export type ApiClientChanges = z.output<typeof ApiClientChanges>;
export type ApiClient = z.output<typeof ApiClient>;
export type NewAuthRequest = z.output<typeof NewAuthRequest>;
export type AuthRequest = z.output<typeof AuthRequest>;
export type Activity = z.output<typeof Activity>;
export type ActivityWithSteps = z.output<typeof ActivityWithSteps>;
export type Evidence = z.output<typeof Evidence>;
export type AuditEvent = z.output<typeof AuditEvent>;
