// Where the certificates of devices come from: this installation's own authority, or a third party's by SCEP (RFC 8894).
import { z } from 'zod';
import { line } from './text.ts';
import { time } from './time.ts';

const isAddress = (text: string): boolean => {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password, hash, search } = new URL(text);
  return username === '' && password === '' && hash === '' && search === '';
};
const isSecretAddress = (text: string): boolean =>
  /^https:\/\/[^@#]+$|^http:\/\/(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])[:/][^@#]*$/.test(text) &&
  URL.canParse(text);
const fingerprint = z
  .string()
  .regex(/^(?:[0-9A-Fa-f]{2}:?){32}$/, 'must be a SHA-256 fingerprint, 64 hexadecimal digits')
  .transform((text) => text.replaceAll(':', '').toLowerCase());

export const scepChallengeKinds = ['none', 'static', 'dynamic'] as const;

const fields = {
  url: z
    .string()
    .max(500)
    .refine(isAddress, 'must be an http or https URL without credentials, query and fragment')
    .describe('Of the SCEP server. Its messages protect themselves, so plain http is allowed.'),
  fingerprint: fingerprint.describe('SHA-256 of the certificate of the authority that issues.'),
  registrar_fingerprints: z
    .array(fingerprint)
    .max(4)
    .describe('SHA-256 of the certificates of its registration authorities, where messages are theirs.'),
  challenge: z
    .enum(scepChallengeKinds)
    .describe(
      '`static`: one challenge password; every device that may be bound learns it. `dynamic`: a new one for each device, read from `challenge_url`.',
    ),
  challenge_url: z
    .union([z.literal(''), z.string().max(500).refine(isSecretAddress, 'must be an https URL')])
    .describe('Answers with the challenge password alone, or with a page as that of NDES.'),
  challenge_user: line(200).describe('For basic authentication there; empty: none.'),
  tls_ca: z
    .union([z.null(), z.string().max(20_000).startsWith('-----BEGIN CERTIFICATE-----')])
    .describe('PEM of who vouches for https there; null: those that the system trusts.'),
  accept_sha1_answers: z
    .boolean()
    .describe(
      'Take answers whose signature is RSA with SHA-1, which step-ca has. What is issued must be signed with SHA-256 all the same, by the authority, for the key and the name of the device.',
    ),
};

export const NewCertificateSource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('own') }),
  z.strictObject({
    from: z.literal('scep'),
    ...fields,
    registrar_fingerprints: fields.registrar_fingerprints.default([]),
    challenge: fields.challenge.default('none'),
    challenge_url: fields.challenge_url.default(''),
    challenge_user: fields.challenge_user.default(''),
    tls_ca: fields.tls_ca.default(null),
    accept_sha1_answers: fields.accept_sha1_answers.default(false),
    secret: z
      .string()
      .regex(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters')
      .optional()
      .describe(
        'The static challenge password, or the password of `challenge_user`. Absent: the one before, if it goes to the same place.',
      ),
  }),
]);
export type NewCertificateSource = z.output<typeof NewCertificateSource>;
export type ScepSource = Extract<NewCertificateSource, { from: 'scep' }>;

export const CertificateSource = z.object({
  from: z.enum(['own', 'scep']),
  scep: z
    .object({
      ...fields,
      fingerprint: z.string(),
      registrar_fingerprints: z.array(z.string()),
      has_secret: z.boolean(),
      authority_id: z.uuid().describe('Of the certificate authority.'),
      registrar_certificate: z
        .string()
        .describe('PEM of the certificate with which this server signs its messages.'),
    })
    .nullable(),
  changed_at: time.nullable(),
});
export type CertificateSource = z.output<typeof CertificateSource>;

export const scepTestSteps = [
  'answer',
  'algorithms',
  'certificates',
  'fingerprint',
  'registrar',
  'signature',
  'challenge',
] as const;
export const ScepFinding = z.object({
  step: z.enum(scepTestSteps),
  passed: z.boolean(),
  sentence: z.string(),
  ms: z.number(),
});
export type ScepFinding = z.output<typeof ScepFinding>;

/** What a certificate request must hold; in the problem `certificate_request_differs`. */
export const RequestedCertificate = z.object({
  common_name: z.string().describe('The subject: nothing but this common name.'),
  challenge_password: z.string().nullable().describe('PKCS #9 attribute challengePassword; null: none.'),
});
export type RequestedCertificate = z.output<typeof RequestedCertificate>;
