// Tells whoever holds a ticket what it is for, so that a person can see it before binding a device. Consumes nothing.
import type { InspectedTicket } from '@countersign/contract/device-models.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import { hashToken } from '#platform/secret.ts';
import { findRequiringApplication } from './application-requirements.ts';
import { applicationOf, findOpenTicket } from './onboarding-store.ts';

/** @throws Problem ticket_unknown: used, withdrawn, expired or never made, one answer for all. */
export async function inspectTicket(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { ticket }: { readonly ticket: string },
): Promise<InspectedTicket> {
  const now = clock.now();
  const found = await findOpenTicket(db.read, hashToken(ticket), now);
  if (!found) throw new Problem('ticket_unknown');
  const application = await findRequiringApplication(db.read, { id: found.application_id });
  return {
    application: applicationOf(found),
    user: { username: found.username, full_name: found.full_name },
    requirements: (application?.requirements.list ?? []).map(({ kind }) => ({ kind })),
    expires_at: found.expires_at,
    server_time: now,
  };
}
