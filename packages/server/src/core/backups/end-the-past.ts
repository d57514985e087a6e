// What a restored database brings back from the past and must not: whatever waited, and whatever works only once or for a while and
// may have been used since the backup was made.
import { cancelRequests } from '#core/audit/cancel-requests.ts';
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import type { Tx } from '#db/db.ts';

export interface EndedPast {
  /** Auth requests that waited for an answer. */
  readonly cancelled_requests: number;
  /** Onboarding and setup links that had not been used. */
  readonly withdrawn_links: number;
  readonly dropped_tokens: number;
  /** Sessions of administrators. */
  readonly ended_sessions: number;
}

/** Revocation lists given out since the backup had higher numbers than the one in it; numbers must never go back (RFC 5280 5.2.3). */
const skippedListNumbers = 1000;

export async function endThePast(tx: Tx, deps: AuditDeps, actor: Actor): Promise<EndedPast> {
  const cancelled = await cancelAllRequests(tx, deps, actor);
  // What tells a login that was answered since from one that comes again: each would be good once more.
  await tx
    .updateTable('auth_requests')
    .set({ state_hash: null, door_context: null, packet_digest: null })
    .execute();
  const onboarding = await tx
    .deleteFrom('onboarding_links')
    .where('used_at', 'is', null)
    .returning('id')
    .execute();
  // Decisions since, and devices bound since, are not known any more; whoever wants in begins again.
  const at = deps.clock.now();
  await tx
    .updateTable('onboarding_processes')
    .set({
      status: 'destroyed',
      ending: 'destroyed',
      state: null,
      waits_for: null,
      ended_at: at,
      updated_at: at,
    })
    .where('status', '=', 'open')
    .execute();
  const setup = await tx.deleteFrom('setup_links').where('used_at', 'is', null).returning('id').execute();
  const tokens = await tx.deleteFrom('access_tokens').returning('api_client_id').execute();
  const sessions = await tx.deleteFrom('sessions').returning('id').execute();
  await tx.deleteFrom('ceremonies').execute();
  await tx.deleteFrom('verification_ceremonies').execute();
  await tx.deleteFrom('message_codes').execute();
  await tx.deleteFrom('openid_logins').execute();
  await tx.deleteFrom('scep_challenges').where('used_at', 'is', null).execute();
  // Passwords may have been changed, and people refused, since.
  await tx.deleteFrom('user_source_credentials').execute();
  // Records in directories may have been written since.
  await tx.deleteFrom('directory_records').execute();
  await tx.deleteFrom('user_imports').execute();
  // They ran then; those that run now say so themselves.
  await tx.deleteFrom('nodes').execute();
  await tx
    .updateTable('certificate_authorities')
    .set((e) => ({ crl: null, crl_number: e('crl_number', '+', skippedListNumbers) }))
    // Where the key is elsewhere nobody could sign the next one.
    .where('private_key', '!=', '')
    .execute();
  return {
    cancelled_requests: cancelled,
    withdrawn_links: onboarding.length + setup.length,
    dropped_tokens: tokens.length,
    ended_sessions: sessions.length,
  };
}

async function cancelAllRequests(tx: Tx, deps: AuditDeps, actor: Actor): Promise<number> {
  const applications = await tx
    .selectFrom('auth_requests')
    .select('application_id')
    .distinct()
    .where('status', '=', 'pending')
    .orderBy('application_id')
    .execute();
  let cancelled = 0;
  for (const { application_id: id } of applications)
    cancelled += await cancelRequests(tx, deps, actor, { column: 'application_id', id });
  return cancelled;
}
