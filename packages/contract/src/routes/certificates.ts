// Routes: The certificate authority, for everybody.
import { z } from 'zod';
import { route } from '../route.ts';
import { anybody } from './parts.ts';

export const certificatesRoutes = {
  getCertificateAuthority: route({
    method: 'GET',
    path: '/v1/ca/certificate',
    tag: 'Certificates',
    summary: 'The installation’s CA certificate',
    caller: anybody,
    success: { status: 200, body: z.string(), type: 'application/x-pem-file' },
    problems: [],
  }),
  getRevocationList: route({
    method: 'GET',
    path: '/v1/ca/crl',
    tag: 'Certificates',
    summary: 'The certificate revocation list (RFC 5280 5), DER',
    caller: anybody,
    success: { status: 200, body: z.string(), type: 'application/pkix-crl' },
    problems: [],
  }),
};
