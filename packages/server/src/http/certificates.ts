// The certificate authorities: what everybody may fetch, and what administrators see of them.
import { chainOf, trustedOf } from '#core/certificates/authority.ts';
import { findUnnamedId } from '#core/certificates/authority-store.ts';
import { listAuthorities } from '#core/certificates/list-authorities.ts';
import { revocationListOf } from '#core/certificates/revocation-list.ts';
import { Readable } from 'node:stream';
import type { ScepFinding } from '@countersign/contract/certificate-source-models.ts';
import {
  changeCertificateSource,
  testCertificateSource,
} from '#core/certificate-sources/change-certificate-source.ts';
import { getCertificateSource } from '#core/certificate-sources/certificate-source.ts';
import { Problem } from '#platform/problem.ts';
import { type ApiDeps, actorOf } from './api-deps.ts';
import type { AdministeringCaller } from './callers.ts';
import type { Edge } from './edge.ts';
import { enterWait, whileWaiting } from './enter-wait.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | 'getCertificateAuthority'
  | 'getCertificateChain'
  | 'getRevocationList'
  | 'getRevocationListOf'
  | 'listAuthorities'
  | `${'get' | 'change' | 'test'}CertificateSource`;

export const certificateHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  getCertificateAuthority: async () => trustedOf(await deps.authorities.current()),
  getCertificateChain: async () => chainOf(await deps.authorities.current()).join(''),
  getRevocationList: async () => readList(deps, (await findUnnamedId(deps.db.read)) ?? ''),
  getRevocationListOf: ({ params }) => readList(deps, params.id),
  listAuthorities: ({ caller }) => listAuthorities(deps, caller.applicationId),
  getCertificateSource: ({ caller }) => getCertificateSource(deps, caller.applicationId),
  changeCertificateSource({ caller, body, signal }) {
    requireOwner(caller);
    return whileWaiting(edge, { kind: 'directory', id: caller.id }, () =>
      changeCertificateSource(deps, actorOf(caller), caller.applicationId, body, signal),
    );
  },
  async testCertificateSource({ caller, body, signal }) {
    requireOwner(caller);
    const leave = enterWait(edge, { kind: 'directory', id: caller.id });
    try {
      const actor = actorOf(caller);
      const findings = await testCertificateSource(deps, actor, caller.applicationId, body, signal);
      return Readable.from(linesOf(findings)).once('close', leave);
    } catch (error) {
      leave();
      throw error;
    }
  },
});

/** Who may say which phones are believed decides who gets in. @throws Problem forbidden */
function requireOwner(caller: AdministeringCaller): void {
  if (caller.kind === 'administrator' && caller.role !== 'owner') throw new Problem('forbidden');
}

async function* linesOf(findings: AsyncIterable<ScepFinding>): AsyncGenerator<string> {
  for await (const finding of findings) yield `${JSON.stringify(finding)}\n`;
}

async function readList(deps: ApiDeps, id: string): Promise<Uint8Array> {
  const authority = await deps.authorities.known(id);
  const list = authority && (await revocationListOf(deps, authority));
  if (!list) throw new Problem('not_found');
  return list.der;
}
