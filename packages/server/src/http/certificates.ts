// The certificate authorities: what everybody may fetch, and what administrators see of them.
import { chainOf, trustedOf } from '#core/certificates/authority.ts';
import { findUnnamedId } from '#core/certificates/authority-store.ts';
import { listAuthorities } from '#core/certificates/list-authorities.ts';
import { revocationListOf } from '#core/certificates/revocation-list.ts';
import { Problem } from '#platform/problem.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | 'getCertificateAuthority'
  | 'getCertificateChain'
  | 'getRevocationList'
  | 'getRevocationListOf'
  | 'listAuthorities';

export const certificateHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  getCertificateAuthority: async () => trustedOf(await deps.authorities.current()),
  getCertificateChain: async () => chainOf(await deps.authorities.current()).join(''),
  getRevocationList: async () => readList(deps, (await findUnnamedId(deps.db.read)) ?? ''),
  getRevocationListOf: ({ params }) => readList(deps, params.id),
  listAuthorities: ({ caller }) => listAuthorities(deps, caller.applicationId),
});

async function readList(deps: ApiDeps, id: string): Promise<Uint8Array> {
  const authority = await deps.authorities.known(id);
  const list = authority && (await revocationListOf(deps, authority));
  if (!list) throw new Problem('not_found');
  return list.der;
}
