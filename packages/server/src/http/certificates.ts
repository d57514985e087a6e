// The certificate authority's public side: its certificate and what it has revoked.
import { currentRevocationList } from '#core/certificates/revocation-list.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

export const certificateHandlers = (
  deps: ApiDeps,
): Pick<Handlers, 'getCertificateAuthority' | 'getRevocationList'> => ({
  getCertificateAuthority: async () => deps.authority.certificate,
  getRevocationList: async () => (await currentRevocationList(deps)).der,
});
