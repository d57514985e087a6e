// Routes: The certificate authority, for everybody.
import { z } from 'zod';
import { CertificateAuthorities } from '../authority-models.ts';
import { CertificateSource, NewCertificateSource } from '../certificate-source-models.ts';
import { route } from '../route.ts';
import { anybody, client } from './parts.ts';

export const certificatesRoutes = {
  getCertificateAuthority: route({
    method: 'GET',
    path: '/v1/ca/certificate',
    tag: 'Certificates',
    summary: 'The certificate that whoever verifies trusts: the root’s',
    caller: anybody,
    success: { status: 200, body: z.string(), type: 'application/x-pem-file' },
    problems: [],
  }),
  getCertificateChain: route({
    method: 'GET',
    path: '/v1/ca/chain',
    tag: 'Certificates',
    summary: 'The certificates of the authority that signs now and of its issuers, the root last',
    caller: anybody,
    success: { status: 200, body: z.string(), type: 'application/x-pem-file' },
    problems: [],
  }),
  getRevocationList: route({
    method: 'GET',
    path: '/v1/ca/crl',
    tag: 'Certificates',
    summary: 'The certificate revocation list (RFC 5280 5) of certificates that name no other, DER',
    caller: anybody,
    success: { status: 200, body: z.string(), type: 'application/pkix-crl' },
    problems: [],
  }),
  getRevocationListOf: route({
    method: 'GET',
    path: '/v1/ca/crl/{id}',
    tag: 'Certificates',
    summary: 'The certificate revocation list of one authority, DER',
    caller: anybody,
    params: z.strictObject({ id: z.uuid() }),
    success: { status: 200, body: z.string(), type: 'application/pkix-crl' },
    problems: ['not_found'],
  }),
  listAuthorities: route({
    method: 'GET',
    path: '/v1/certificate-authorities',
    tag: 'Certificates',
    summary: 'List the installation’s certificate authorities, newest first',
    caller: client('settings'),
    success: { status: 200, body: CertificateAuthorities },
    problems: [],
  }),
  getCertificateSource: route({
    method: 'GET',
    path: '/v1/certificate-source',
    tag: 'Certificates',
    summary: 'Where the certificates of devices come from',
    caller: client('settings'),
    success: { status: 200, body: CertificateSource },
    problems: [],
  }),
  changeCertificateSource: route({
    method: 'PUT',
    path: '/v1/certificate-source',
    tag: 'Certificates',
    summary: 'Decide where the certificates of devices come from',
    description:
      'Of administrators, only an owner may. The SCEP server is asked before: its certificate must have the fingerprint. Devices renew under the new authority when they are opened.',
    caller: client('settings'),
    stepUp: true,
    body: NewCertificateSource,
    success: { status: 200, body: CertificateSource },
    problems: ['certificate_source_unsuitable', 'changed_meanwhile'],
  }),
  testCertificateSource: route({
    method: 'POST',
    path: '/v1/certificate-source/test',
    tag: 'Certificates',
    summary: 'Ask a SCEP server step by step, with settings that need not be kept',
    description:
      'One JSON text a line (`ScepFinding`: step, passed, sentence, ms), each as soon as the step is done; ends after the first that fails.',
    caller: client('settings'),
    stepUp: true,
    body: NewCertificateSource,
    success: { status: 200, body: z.string(), type: 'application/x-ndjson' },
    problems: ['certificate_source_unsuitable'],
  }),
};
