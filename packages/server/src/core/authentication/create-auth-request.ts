// A third party asks a user to approve something, by API. It is told nothing about users that it does not know already.
import type { AuthRequest, NewAuthRequest } from '@countersign/contract/models.ts';
import { findApplicationByAccessId } from '#core/applications/find-application.ts';
import { Problem } from '#platform/problem.ts';
import { beginLogin, type LoginDeps } from './begin-login.ts';
import type { Login } from './login.ts';
import { getAuthRequest } from './auth-request-store.ts';

export interface CallingApiClient {
  readonly id: string;
  readonly name: string;
  /** The only application it may name, or null. */
  readonly applicationId: string | null;
}

/** @throws Problem not_found (no such application), too_many_requests, shutting_down */
export async function createAuthRequest(
  deps: LoginDeps,
  caller: CallingApiClient,
  input: NewAuthRequest,
  signal: AbortSignal,
): Promise<AuthRequest & { number: string | null }> {
  const application = await findApplicationByAccessId(deps.db.read, input.application);
  const visible = application && (caller.applicationId === null || caller.applicationId === application.id);
  if (!visible) throw new Problem('not_found', 'there is no such application');

  const begun = await beginLogin(deps, loginOf(input, caller, application.id), { signal });
  if (begun.kind === 'rejected' && begun.reason === 'shutting_down') throw new Problem('shutting_down');
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
    number: input.number_matching ? 'shown_by_caller' : 'none',
    title: input.title,
    description: input.description,
    seconds: input.seconds,
    masked: true,
  };
}
