// Routes: SCEP profiles, challenge passwords and requests, and the installation's certificates. What routers and gateways call is
// RFC 8894's own and stands outside this table.
import { z } from 'zod';
import { certificateKinds, certificateStates, scepStates } from '../certificate-kinds.ts';
import * as model from '../models.ts';
import { route } from '../route.ts';
import * as scep from '../scep-models.ts';
import { client, idParams, list, nothing, plainList } from './parts.ts';

export const scepRoutes = {
  listScepProfiles: route({
    method: 'GET',
    path: '/v1/scep-profiles',
    tag: 'Certificates',
    summary: 'List SCEP profiles, newest first',
    caller: client('settings'),
    query: plainList(),
    success: { status: 200, body: model.page(scep.ScepProfile) },
    problems: [],
  }),
  createScepProfile: route({
    method: 'POST',
    path: '/v1/scep-profiles',
    tag: 'Certificates',
    summary: 'Create a SCEP profile, by which routers and gateways ask for certificates',
    caller: client('settings'),
    stepUp: true,
    body: scep.NewScepProfile,
    success: { status: 201, body: scep.CreatedScepProfile },
    problems: ['not_found', 'name_taken'],
  }),
  changeScepProfile: route({
    method: 'PATCH',
    path: '/v1/scep-profiles/{id}',
    tag: 'Certificates',
    summary: 'Change a SCEP profile, or switch it off',
    caller: client('settings'),
    stepUp: true,
    params: idParams(model.ids.scepProfile),
    body: scep.ScepProfileChanges,
    success: { status: 200, body: scep.ScepProfile },
    problems: ['not_found'],
  }),
  deleteScepProfile: route({
    method: 'DELETE',
    path: '/v1/scep-profiles/{id}',
    tag: 'Certificates',
    summary: 'Delete a SCEP profile; certificates had by it stay good',
    caller: client('settings'),
    stepUp: true,
    params: idParams(model.ids.scepProfile),
    success: nothing,
    problems: ['not_found'],
  }),
  createScepChallenge: route({
    method: 'POST',
    path: '/v1/scep-challenges',
    tag: 'Certificates',
    summary: 'Make a challenge password that is good for one certificate',
    caller: client('settings'),
    stepUp: true,
    body: scep.NewScepChallenge,
    success: { status: 201, body: scep.CreatedScepChallenge },
    problems: ['not_found'],
  }),
  listScepRequests: route({
    method: 'GET',
    path: '/v1/scep-requests',
    tag: 'Certificates',
    summary: 'List certificates asked for by SCEP, newest first',
    caller: client('settings'),
    query: list({ state: z.enum(scepStates).optional() }),
    success: { status: 200, body: model.page(scep.ScepRequest) },
    problems: [],
  }),
  decideScepRequest: route({
    method: 'POST',
    path: '/v1/scep-requests/{id}/decision',
    tag: 'Certificates',
    summary: 'Grant or refuse a certificate that was asked for by SCEP and waits',
    caller: client('settings'),
    stepUp: true,
    params: idParams(model.ids.scepRequest),
    body: scep.ScepDecision,
    success: { status: 200, body: scep.ScepRequest },
    problems: ['not_found', 'in_use'],
  }),
  listCertificates: route({
    method: 'GET',
    path: '/v1/certificates',
    tag: 'Certificates',
    summary: 'List every certificate, newest first',
    caller: client('settings'),
    query: list({
      kind: z.enum(certificateKinds).optional(),
      state: z
        .enum(certificateStates)
        .optional()
        .describe('`ending`: it holds for less than 60 days more; such are `good`, too.'),
    }),
    success: { status: 200, body: model.page(scep.Certificate) },
    problems: [],
  }),
  revokeCertificate: route({
    method: 'POST',
    path: '/v1/certificates/{serial}/revoke',
    tag: 'Certificates',
    summary:
      'Revoke a certificate; a device that holds it is removed, for which the scope `devices` is needed, too',
    caller: client('settings'),
    stepUp: true,
    params: z.strictObject({ serial: z.string().regex(/^[0-9a-f]{2,40}$/) }),
    success: nothing,
    problems: ['not_found', 'in_use', 'authority_key_away'],
  }),
};
