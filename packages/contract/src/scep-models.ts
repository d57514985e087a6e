// Certificates of routers and VPN gateways, asked for by SCEP (RFC 8894), and every certificate of the installation.
import { z } from 'zod';
import { certificateKinds, scepStates } from './certificate-kinds.ts';
import { ids } from './models.ts';
import { name } from './text.ts';
import { time } from './time.ts';

export const NewScepProfile = z.strictObject({
  name: name(80),
  challenge: z
    .enum(['static', 'one_time'])
    .default('one_time')
    .describe('One challenge password for all that ask, or one for each certificate.'),
  approval: z
    .enum(['automatic', 'administrator'])
    .default('automatic')
    .describe(
      'Whether a request with a good challenge password is granted at once or waits for an administrator.',
    ),
  valid_days: z.int().min(1).max(3650).default(365).describe('How long its certificates hold, in days.'),
  accept_legacy: z
    .boolean()
    .default(false)
    .describe('Take SHA-1 and Triple DES too, for devices that know no better.'),
});
export const ScepProfileChanges = z
  .strictObject({
    enabled: z.boolean().describe('Whether anybody gets or renews a certificate by it.'),
    approval: z.enum(['automatic', 'administrator']),
    valid_days: z.int().min(1).max(3650),
    accept_legacy: z.boolean(),
  })
  .partial();
export const ScepProfile = z.object({
  id: ids.scepProfile,
  ...NewScepProfile.shape,
  enabled: z.boolean(),
  url: z.string().describe('Where routers and gateways ask.'),
  created_at: time,
});
export const CreatedScepProfile = ScepProfile.extend({
  challenge_password: z
    .string()
    .nullable()
    .describe('The static one, shown once; null where each works once.'),
});

export const NewScepChallenge = z.strictObject({
  profile_id: ids.scepProfile,
  common_name: z
    .string()
    .min(1)
    .max(64)
    .nullable()
    .default(null)
    .describe('The common name that the certificate must have, and the only DNS name; null: any.'),
  valid_hours: z.int().min(1).max(720).default(24),
});
export const CreatedScepChallenge = z.object({
  id: ids.scepChallenge,
  profile_id: ids.scepProfile,
  common_name: z.string().nullable(),
  expires_at: time,
  challenge_password: z.string().describe('Shown once; good for one certificate.'),
});

export const ScepRequest = z.object({
  id: ids.scepRequest,
  profile_id: ids.scepProfile,
  state: z.enum(scepStates),
  subject: z.string(),
  names: z.array(z.string()).describe('DNS names, addresses and e-mail addresses that it is to have.'),
  serial: z.string().nullable(),
  created_at: time,
  decided_at: time.nullable(),
});
export const ScepDecision = z.strictObject({ decision: z.enum(['approve', 'refuse']) });

export const Certificate = z.object({
  serial: z.string(),
  subject: z.string(),
  device_id: z.string().nullable(),
  device_name: z.string().nullable(),
  user_id: z.string().nullable(),
  username: z.string().nullable(),
  scep_request_id: z.string().nullable(),
  authority_id: z.string(),
  kind: z.enum(certificateKinds),
  not_before: time,
  not_after: time,
  revoked_at: time.nullable(),
  revocation_reason: z.int().nullable().describe('RFC 5280 5.3.1.'),
});

export type NewScepProfile = z.output<typeof NewScepProfile>;
export type ScepProfileChanges = z.output<typeof ScepProfileChanges>;
export type ScepProfile = z.output<typeof ScepProfile>;
export type CreatedScepProfile = z.output<typeof CreatedScepProfile>;
export type NewScepChallenge = z.output<typeof NewScepChallenge>;
export type CreatedScepChallenge = z.output<typeof CreatedScepChallenge>;
export type ScepRequest = z.output<typeof ScepRequest>;
export type Certificate = z.output<typeof Certificate>;
