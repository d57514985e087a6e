// The installation's certificate authorities.
import { z } from 'zod';
import { time } from './time.ts';

export const AuthorityKey = z.enum(['p-256', 'rsa-3072']);
export type AuthorityKey = z.output<typeof AuthorityKey>;

export const CertificateAuthority = z.object({
  id: z.uuid(),
  kind: z
    .enum(['single', 'root', 'intermediate', 'external'])
    .describe(
      '`single`: issues certificates and signed itself. `root`: signs intermediates only. `external`: a third party’s, asked by SCEP.',
    ),
  subject: z.string(),
  issuer: z.string(),
  key: z.string().describe('Algorithm and size of its key.'),
  fingerprint: z.string().describe('SHA-256 of the certificate, hexadecimal with colons.'),
  certificate: z.string().describe('PEM.'),
  not_before: time,
  not_after: time,
  has_key: z.boolean().describe('Whether its private key is in the database; a root’s can be taken away.'),
  signs: z.boolean().describe('Whether it signs what is issued now.'),
  revocation_list_url: z.string().describe('Empty of a third party’s: its own certificates say where.'),
  certificates: z.int().describe('How many certificates it issued that hold.'),
  created_at: time,
});
export type CertificateAuthority = z.output<typeof CertificateAuthority>;
export const CertificateAuthorities = z.object({ items: z.array(CertificateAuthority) });
