// Binds a device to the user whose ticket it brings, and gives it a certificate: where an onboarding link is all that an application
// requires. A refusal leaves the ticket unused.
import type { Onboarded, Onboarding } from '@countersign/contract/device-models.ts';
import type { NewKey } from '#core/devices/authenticate-device.ts';
import type { Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { hashToken } from '#platform/secret.ts';
import { findRequiringApplication, linkSuffices } from './application-requirements.ts';
import {
  asKeyInUse,
  type Binding,
  type Bound,
  bindDevice,
  type OnboardDeps,
  prepareBinding,
  toOnboarded,
} from './bind-device.ts';
import { applicationOf, consumeTicket, findOpenTicket, type OpenTicket } from './onboarding-store.ts';
import { tellOlderDevices } from './tell-older-devices.ts';

/**
 * @param key of the proof that came with the call; the proof is used up as soon as the ticket is known to work.
 * @throws Problem ticket_unknown, proof_invalid, user_disabled, more_required, enrolment_closed, certificate_request_invalid,
 *   invalid_request (encryption key), device_key_in_use, device_limit_reached, certificate_request_differs, NotIssued
 */
export async function onboardDevice(
  deps: OnboardDeps,
  key: NewKey,
  { ticket, ...input }: Onboarding,
): Promise<Onboarded> {
  const found = await findOpenTicket(deps.db.read, hashToken(ticket), deps.clock.now());
  if (!found) throw new Problem('ticket_unknown');
  await key.useUp();
  if (found.user_enabled === 0 || found.application_enabled === 0) throw new Problem('user_disabled');
  const application = await findRequiringApplication(deps.db.read, { id: found.application_id });
  if (application && !linkSuffices(application.requirements)) throw new Problem('more_required');
  const binding = await prepareBinding(deps, key.jwk, input, found.application_id);
  const { had, replaced } = await deps.db.write((tx) => bind(tx, deps, found, binding)).catch(asKeyInUse);
  if (had > replaced) tellOlderDevices(deps, binding.deviceId, found.user_id);
  return toOnboarded(
    deps,
    { deviceId: binding.deviceId, ...binding.certificate },
    {
      application: applicationOf(found),
      user: { username: found.username, full_name: found.full_name },
    },
  );
}

async function bind(tx: Tx, deps: OnboardDeps, ticket: OpenTicket, binding: Binding): Promise<Bound> {
  const { user_id: userId, application_id: applicationId, link_id } = ticket;
  const claim = () => consumeTicket(tx, link_id, binding.deviceId, deps.clock.now());
  const to = { userId, applicationId, by: { onboarding_link_id: link_id }, claim };
  const bound = await bindDevice(tx, deps, binding, to);
  if (!bound) throw new Problem('ticket_unknown');
  const application = await findRequiringApplication(tx, { id: applicationId });
  if (application && !linkSuffices(application.requirements)) throw new Problem('more_required');
  return bound;
}
