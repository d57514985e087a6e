// A third party asks a user to approve something, by API. It is told nothing about users that it does not know already.
import { hash } from 'node:crypto';
import type { AuthRequest, NewAuthRequest } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { findApplicationByAccessId } from '#core/applications/find-application.ts';
import { Problem } from '#platform/problem.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { beginLogin, type LoginDeps } from './begin-login.ts';
import type { Login } from './login.ts';
import { getAuthRequest } from './auth-request-store.ts';

export interface CallingApiClient {
  readonly id: string;
  readonly name: string;
  /** The only application it may name, or null. */
  readonly applicationId: string | null;
}

/** @throws Problem not_found (no such application), too_many_requests, shutting_down, packet_replayed, authorisation_closed */
export async function createAuthRequest(
  deps: LoginDeps,
  caller: CallingApiClient,
  input: NewAuthRequest,
  signal: StopSignal,
): Promise<AuthRequest & { number: string | null }> {
  if (deps.mustDrop?.('api')) throw new Problem('too_many_requests');
  const application = await findApplicationByAccessId(deps.db.read, input.application);
  const visible = application && (caller.applicationId === null || caller.applicationId === application.id);
  if (!visible) throw new Problem('not_found', 'there is no such application');

  const begun = await beginLogin(deps, loginOf(input, caller, application.id), { signal });
  if (begun.kind === 'rejected' && begun.reason === 'shutting_down') throw new Problem('shutting_down');
  if (begun.kind === 'rejected' && begun.reason === 'replayed') throw new Problem('packet_replayed');
  if (begun.kind === 'rejected' && begun.reason === 'authorisation_closed')
    throw new Problem('authorisation_closed');
  if (begun.kind !== 'asked') throw new Problem('too_many_requests');
  return { ...(await getAuthRequest(deps.db.read, caller, begun.requestId)), number: begun.number };
}

function loginOf(input: NewAuthRequest, caller: CallingApiClient, applicationId: string): Login {
  return {
    applicationId,
    username: input.username,
    door: { kind: 'api', id: caller.id },
    clientName: input.client_name ?? caller.name,
    clientAddress: input.client_address,
    context: input.reference === undefined ? null : [input.reference],
    contextLasts: input.reference_lasts ?? true,
    packetDigest: ownDigest(input, caller, applicationId),
    number: input.number_matching ? 'shown_by_caller' : 'none',
    title: input.title,
    description: input.description,
    seconds: input.seconds,
    masked: true,
  };
}

/** Good for this caller, application and user only: whatever digest somebody names, it finds no login of anybody else's. */
function ownDigest(
  { packet_digest, username }: NewAuthRequest,
  caller: CallingApiClient,
  applicationId: string,
): string | undefined {
  if (packet_digest === undefined) return undefined;
  const parts = ['api', caller.id, applicationId, nameKey(username), packet_digest];
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
