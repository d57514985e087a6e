// Binds a device to the user whose ticket it brings, and gives it a certificate. Everything that can be checked or signed before
// the transaction is; what two calls could race for is decided inside, under the user's lock. A refusal leaves the ticket unused.
import type { KeyObject } from 'node:crypto';
import type { Onboarded, Onboarding } from '@countersign/contract/device-models.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { insertCertificate } from '#core/certificates/certificate-store.ts';
import {
  type CertificateIssuerDeps,
  type DeviceCertificate,
  issueDeviceCertificate,
} from '#core/certificates/issue-device-certificate.ts';
import { readCertificateRequest } from '#core/certificates/read-certificate-request.ts';
import type { NewKey } from '#core/devices/authenticate-device.ts';
import { type PublicJwk, readPublicJwk, thumbprintOf } from '#core/devices/p256.ts';
import type { Db, Tx } from '#db/db.ts';
import { isUniqueViolation } from '#db/unavailable.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { hashToken } from '#platform/secret.ts';
import {
  applicationOf,
  consumeTicket,
  countDevices,
  findOpenTicket,
  insertDevice,
  keyHasDevice,
  noteOnboarding,
  type OpenTicket,
} from './onboarding-store.ts';

export type OnboardDeps = AuditDeps & CertificateIssuerDeps & { readonly db: Db };

/** What is about to be written. */
interface Binding {
  readonly ticket: OpenTicket;
  readonly deviceId: string;
  readonly signingKey: PublicJwk;
  readonly input: Onboarding;
  readonly certificate: DeviceCertificate;
}

/**
 * @param key of the proof that came with the call; the proof is used up as soon as the ticket is known to work.
 * @throws Problem ticket_unknown, proof_invalid, user_disabled, certificate_request_invalid, invalid_request (encryption key), device_key_in_use,
 *   device_limit_reached
 */
export async function onboardDevice(deps: OnboardDeps, key: NewKey, input: Onboarding): Promise<Onboarded> {
  const signingKey = key.jwk;
  const ticket = await findOpenTicket(deps.db.read, hashToken(input.ticket), deps.clock.now());
  if (!ticket) throw new Problem('ticket_unknown');
  await key.useUp();
  if (ticket.user_enabled === 0 || ticket.application_enabled === 0) throw new Problem('user_disabled');
  const publicKey = requireRequestedKey(input.certificate_request, signingKey);
  requireEncryptionKey(input.encryption_key, signingKey);
  if (await keyHasDevice(deps.db.read, thumbprintOf(signingKey))) throw new Problem('device_key_in_use');
  const deviceId = newId(deps, 'dev');
  const certificate = issueDeviceCertificate(deps, deviceId, publicKey);
  const binding = { ticket, deviceId, signingKey, input, certificate };
  await deps.db.write((tx) => bind(tx, deps, binding)).catch(asKeyInUse);
  return toOnboarded(deps, binding);
}

function requireRequestedKey(certificateRequest: string, { x, y }: PublicJwk): KeyObject {
  const key = readCertificateRequest(certificateRequest);
  const requested = key?.export({ format: 'jwk' });
  if (!key || requested?.x !== x || requested.y !== y) throw new Problem('certificate_request_invalid');
  return key;
}

function requireEncryptionKey(encryptionKey: PublicJwk, { x, y }: PublicJwk): void {
  const refuse = (message: string) =>
    new Problem('invalid_request', undefined, [{ field: 'encryption_key', message }]);
  if (!readPublicJwk(encryptionKey)) throw refuse('must be a point on P-256');
  if (encryptionKey.x === x && encryptionKey.y === y) throw refuse('must not be the signing key');
}

async function bind(tx: Tx, deps: OnboardDeps, { ticket, deviceId, ...rest }: Binding): Promise<void> {
  const { signingKey, input, certificate } = rest;
  const now = deps.clock.now();
  const user = await noteOnboarding(tx, ticket.user_id, now);
  if (!user || !(await consumeTicket(tx, ticket.link_id, deviceId, now))) throw new Problem('ticket_unknown');
  if (!user.enabled) throw new Problem('user_disabled');
  if ((await countDevices(tx, ticket.user_id)) >= user.limit) throw new Problem('device_limit_reached');
  await insertDevice(tx, {
    id: deviceId,
    user_id: ticket.user_id,
    ...input.device,
    key_thumbprint: thumbprintOf(signingKey),
    signing_key: JSON.stringify(signingKey),
    encryption_key: JSON.stringify(input.encryption_key),
    certificate_serial: certificate.serial,
    created_at: now,
    last_seen_at: now,
    revoked_at: null,
  });
  await insertCertificate(tx, {
    serial: certificate.serial,
    authority_id: deps.authority.id,
    device_id: deviceId,
    pem: certificate.pem,
    not_before: certificate.notBefore,
    not_after: certificate.notAfter,
    revoked_at: null,
    revocation_reason: null,
  });
  await recordAudit(tx, deps, {
    event: 'device.onboarded',
    actor: { kind: 'device', id: deviceId },
    applicationId: ticket.application_id,
    subjectId: deviceId,
    data: {
      user_id: ticket.user_id,
      onboarding_link_id: ticket.link_id,
      certificate_serial: certificate.serial,
      name: input.device.name,
    },
  });
}

/** Another call with the same key was a moment faster. */
function asKeyInUse(error: unknown): never {
  throw isUniqueViolation(error) ? new Problem('device_key_in_use') : error;
}

const toOnboarded = (deps: OnboardDeps, { ticket, deviceId, certificate }: Binding): Onboarded => ({
  device_id: deviceId,
  certificate: certificate.pem,
  chain: [deps.authority.certificate],
  application: applicationOf(ticket),
  user: { username: ticket.username, full_name: ticket.full_name },
  server_time: deps.clock.now(),
});
