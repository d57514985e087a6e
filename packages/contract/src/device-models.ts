// Requests and responses of the device protocol (docs/reference/device-protocol.md).
import { z } from 'zod';
import { imageFields } from './images.ts';
import { ids } from './models.ts';
import { RequirementKind } from './requirements.ts';
import { line, name } from './text.ts';

const base64url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding');
const time = z.int().describe('Epoch milliseconds.');

export const PublicKeyJwk = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url(43).length(43),
  y: base64url(43).length(43),
});
export type PublicKeyJwk = z.output<typeof PublicKeyJwk>;

export const onboardingTicket = z.string().regex(/^cso_[A-Za-z0-9_-]{43}$/, 'must be an onboarding ticket');
export const applicationShown = z.object({ name: z.string(), access_id: z.uuid(), ...imageFields });
export const userName = z.object({ username: z.string(), full_name: z.string() });

export const TicketInspection = z.strictObject({ ticket: onboardingTicket });
export const InspectedTicket = z.object({
  application: applicationShown,
  user: userName,
  requirements: z
    .array(z.object({ kind: RequirementKind }))
    .describe('More than the link alone: the device goes on by section 10, and gives the ticket there.'),
  expires_at: time,
  server_time: time,
});
export type InspectedTicket = z.output<typeof InspectedTicket>;

export const NewDevice = z.strictObject({
  name: name(80),
  platform: line(40).default(''),
  app_version: line(40).default(''),
});

export const Onboarding = z.strictObject({
  ticket: onboardingTicket,
  certificate_request: z.string().max(4096).describe('PKCS #10 in PEM.'),
  encryption_key: PublicKeyJwk,
  device: NewDevice,
});
export type Onboarding = z.output<typeof Onboarding>;
export const Onboarded = z.object({
  device_id: ids.device,
  certificate: z.string(),
  chain: z.array(z.string()),
  application: applicationShown,
  user: userName,
  server_time: time,
});
export type Onboarded = z.output<typeof Onboarded>;

/** The WebAuthn credential with which a device verifies its user. */
export const VerificationCredential = z.object({
  id: z.string().describe('base64url.'),
  public_key: z.string().describe('SubjectPublicKeyInfo (RFC 5280 4.1), base64url.'),
  set_up_at: time,
});
export const OwnVerification = z.object({
  required: z.boolean().describe('Whether the application wants the user verified before an approval.'),
  credential: VerificationCredential.nullable(),
});
export type OwnVerification = z.output<typeof OwnVerification>;

/** What a device needs for navigator.credentials.create(). */
export const VerificationCeremony = z.object({
  challenge: z.string().describe('base64url; good once and for five minutes.'),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({
    id: z.string().describe('base64url.'),
    name: z.string(),
    display_name: z.string(),
  }),
  algorithms: z.array(z.int()).describe('COSE numbers, the best first.'),
  expires_at: time,
  server_time: time,
});
export type VerificationCeremony = z.output<typeof VerificationCeremony>;
export const NewVerificationCredential = z.strictObject({
  id: base64url(1400),
  client_data: base64url(2000).describe('`clientDataJSON`.'),
  attestation_object: base64url(8000).describe('`attestationObject`, of format `none`.'),
});
export type NewVerificationCredential = z.output<typeof NewVerificationCredential>;

export const OwnDevice = z.object({
  device_id: ids.device,
  name: z.string(),
  application: applicationShown,
  user: userName,
  certificate_expires_at: time,
  certificate_renew_at: time.describe('From then on the device is to renew its certificate.'),
  requests_held: z.boolean(),
  approves_from: time
    .nullable()
    .describe(
      'Until then it is asked nothing and cannot approve, since it is new; null: it never had to wait.',
    ),
  user_verification: OwnVerification,
  server_time: time,
});
export type OwnDevice = z.output<typeof OwnDevice>;

export const CertificateRenewal = z.strictObject({
  certificate_request: z.string().max(4096).describe('PKCS #10 in PEM, of the same key as ever.'),
});
export const OwnCertificate = z.object({
  certificate: z.string(),
  chain: z.array(z.string()),
  certificate_expires_at: time,
  certificate_renew_at: time,
  server_time: time,
});
export type OwnCertificate = z.output<typeof OwnCertificate>;

/** As `PushSubscription.toJSON()` of a browser has it, without what is not needed; UnifiedPush gives the same. */
export const NewPushSubscription = z.strictObject({
  endpoint: z.string().min(1).max(1000).describe('The URL to push to (RFC 8030). It is a secret.'),
  keys: z
    .strictObject({
      p256dh: base64url(87).length(87).describe('P-256 point, uncompressed.'),
      auth: base64url(22).length(22).describe('16 bytes.'),
    })
    .nullable()
    .default(null)
    .describe('To whom messages are encrypted (RFC 8291); without them a push says nothing.'),
});
export type NewPushSubscription = z.output<typeof NewPushSubscription>;
export const OwnPushSubscription = z.object({
  state: z.enum(['none', 'unproved', 'active']),
  service: z.string().nullable().describe('Origin of the push service.'),
  vapid_public_key: z.string().describe('`applicationServerKey`: P-256 point, uncompressed, base64url.'),
  server_time: time,
});
export type OwnPushSubscription = z.output<typeof OwnPushSubscription>;
export const PushActivation = z.strictObject({
  token: z.string().regex(/^csp_[A-Za-z0-9_-]{43}$/, 'must be an activation token'),
});

export const PendingChallenges = z.object({
  challenges: z.array(z.object({ id: ids.challenge, content: z.string().describe('JWE in compact form.') })),
  server_time: time,
});

/** Another device of the same user, newer than the one that asks, or one that is about to be bound (section 11). */
export const Newcomer = z.object({
  id: z.union([ids.device, ids.onboardingProcess]),
  name: z.string(),
  platform: z.string(),
  state: z
    .enum(['waiting', 'cooling', 'bound'])
    .describe(
      '`waiting`: it is not bound yet; `cooling`: bound, and cannot approve before `until`; `bound`: it can approve.',
    ),
  since: time,
  until: time.nullable(),
});
export type Newcomer = z.output<typeof Newcomer>;
export const Newcomers = z.object({ newcomers: z.array(Newcomer), server_time: time });

export const Answer = z.strictObject({ answer: z.string().max(4096).describe('JWS in compact form.') });
export const Answered = z.object({
  status: z.enum(['approved', 'denied']),
  reason: z.enum(['denied_by_user', 'reported_by_user', 'wrong_number']).optional(),
});
export type Answered = z.output<typeof Answered>;

/** That the user was verified: a WebAuthn assertion whose challenge is over the answer that carries it (section 9). */
export const VerificationAssertion = z.strictObject({
  public_key: base64url(1000),
  authenticator_data: base64url(400),
  client_data: base64url(1400),
  signature: base64url(700),
});
export type VerificationAssertion = z.output<typeof VerificationAssertion>;

/** What the device signs (section 5), as the server reads it. */
export const AnswerPayload = z.strictObject({
  request_id: ids.authRequest,
  challenge_id: ids.challenge,
  device_id: ids.device,
  decision: z.enum(['approve', 'deny', 'report']),
  nonce: base64url(64),
  shown: base64url(43).length(43),
  number: z
    .string()
    .regex(/^[0-9]{1,8}$/)
    .optional(),
  verification: VerificationAssertion.optional(),
  iat: z.int().describe('Epoch seconds.'),
});
export type AnswerPayload = z.output<typeof AnswerPayload>;
