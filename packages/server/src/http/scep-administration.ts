// SCEP and the installation's certificates, for administrators, over HTTP.
import { listCertificates } from '#core/certificates/administer-certificates.ts';
import { revokeCertificate } from '#core/onboarding/revoke-certificate.ts';
import {
  createScepChallenge,
  createScepProfile,
  decideScepRequest,
  deleteScepProfile,
  listScepProfiles,
  listScepRequests,
} from '#core/scep/administer-scep.ts';
import { changeScepProfile } from '#core/scep/change-profile.ts';
import { actorOf, type ApiDeps, grantorOf, toPageBody } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | 'listScepProfiles'
  | 'createScepProfile'
  | 'changeScepProfile'
  | 'deleteScepProfile'
  | 'createScepChallenge'
  | 'listScepRequests'
  | 'decideScepRequest'
  | 'listCertificates'
  | 'revokeCertificate';

export const scepHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listScepProfiles: async ({ caller, query }) =>
    toPageBody(await listScepProfiles(deps, caller.applicationId, query)),
  createScepProfile: ({ caller, body }) =>
    createScepProfile(deps, actorOf(caller), caller.applicationId, body),
  changeScepProfile: ({ caller, params, body }) =>
    changeScepProfile(deps, actorOf(caller), caller.applicationId, params.id, body),
  deleteScepProfile: async ({ caller, params }) => {
    await deleteScepProfile(deps, actorOf(caller), caller.applicationId, params.id);
  },
  createScepChallenge: ({ caller, body }) =>
    createScepChallenge(deps, actorOf(caller), caller.applicationId, body),
  listScepRequests: async ({ caller, query }) =>
    toPageBody(await listScepRequests(deps, caller.applicationId, query)),
  decideScepRequest: ({ caller, params, body }) =>
    decideScepRequest(deps, actorOf(caller), caller.applicationId, params.id, body),
  listCertificates: async ({ caller, query }) =>
    toPageBody(await listCertificates(deps, caller.applicationId, query)),
  revokeCertificate: async ({ caller, params }) => {
    await revokeCertificate(deps, actorOf(caller), caller.applicationId, params.serial, grantorOf(caller));
  },
});
