// A device renews its certificate before it ends. The key stays: it is what the device is known by, so a new key is a new device.
import type { OwnCertificate } from '@countersign/contract/device-models.ts';
import { recordAudit } from '#core/audit/record-audit.ts';
import { readChain } from '#core/certificates/authority-store.ts';
import {
  type DeviceCertificate,
  insertDeviceCertificate,
  renewalDueAt,
} from '#core/certificates/issue-device-certificate.ts';
import {
  forgetObtained,
  issuingAuthorityId,
  NotIssued,
  obtainDeviceCertificate,
} from '#core/certificate-sources/obtain-device-certificate.ts';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import { thumbprintOf } from '#core/devices/p256.ts';
import { supersedeCertificate } from '#core/devices/device-store.ts';
import type { Read } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type OnboardDeps, requireRequestedKey } from './bind-device.ts';

type RenewDeps = OnboardDeps;
type Caller = Pick<AuthenticatedDevice, 'id' | 'signingKey' | 'application' | 'user'>;

type Held = Omit<DeviceCertificate, 'chain'>;

/** From when on the device is to renew its certificate, epoch milliseconds. */
export async function certificateRenewAt(
  deps: Pick<RenewDeps, 'db' | 'authorities' | 'vault'>,
  { id }: Pick<Caller, 'id'>,
): Promise<number> {
  return dueAt(await requireHeld(deps.db.read, id), await issuingAuthorityId(deps));
}

/** At once under another authority than the one that signs now: that one may not last. */
const dueAt = (held: Held, authorityId: string): number =>
  held.authorityId === authorityId ? renewalDueAt(held) : held.notBefore;

/**
 * The certificate that the device has from now on. Before it is due, and when the device asks again because an answer was lost, that is
 * the one it has already.
 * @throws Problem certificate_request_invalid, certificate_request_differs, proof_invalid (revoked meanwhile)
 */
export async function renewCertificate(
  deps: RenewDeps,
  device: Caller,
  input: { readonly certificate_request: string },
): Promise<OwnCertificate> {
  const publicKey = requireRequestedKey(input.certificate_request, device.signingKey);
  const held = await requireHeld(deps.db.read, device.id);
  if (deps.clock.now() < dueAt(held, await issuingAuthorityId(deps))) return tell(deps, held);
  const keyThumbprint = thumbprintOf(device.signingKey);
  const asked = { keyThumbprint, publicKey, request: input.certificate_request, deviceId: device.id };
  const applicationId = device.application.id;
  // While a third party has not issued, the device goes on with the one it has.
  const obtained = await obtainDeviceCertificate(deps, { ...asked, applicationId }).catch(ifNotIssued);
  if (!obtained) return tell(deps, held);
  const next = obtained.certificate;
  // Near the end of the authority nothing is won by another one.
  const lastsLonger = next.notAfter > held.notAfter || held.authorityId !== next.authorityId;
  if (lastsLonger) await replace(deps, device, held, next);
  return tell(deps, await requireHeld(deps.db.read, device.id));
}

function ifNotIssued(error: unknown): undefined {
  if (!(error instanceof NotIssued)) throw error;
}

/** Of several calls at once, one: the others find its certificate. @throws Problem proof_invalid */
async function replace(
  deps: RenewDeps,
  device: Caller,
  { serial: before }: Held,
  next: DeviceCertificate,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const change = { deviceId: device.id, before, serial: next.serial, at: deps.clock.now() };
    const outcome = await supersedeCertificate(tx, change);
    if (outcome === 'renewed_before') return;
    if (outcome === 'revoked') throw new Problem('proof_invalid');
    await insertDeviceCertificate(tx, device.id, next);
    await forgetObtained(tx, thumbprintOf(device.signingKey));
    await recordAudit(tx, deps, {
      event: 'certificate.renewed',
      actor: { kind: 'device', id: device.id },
      applicationId: device.application.id,
      subjectId: device.id,
      data: { user_id: device.user.id, serial: next.serial, before },
    });
  });
}

/** @throws Problem proof_invalid: the device was removed meanwhile */
async function requireHeld(read: Read, deviceId: string): Promise<Held> {
  const row = await read
    .selectFrom('devices')
    .innerJoin('certificates', 'certificates.serial', 'devices.certificate_serial')
    .select(['serial', 'pem', 'not_before', 'not_after', 'authority_id'])
    .where('devices.id', '=', deviceId)
    .where('devices.revoked_at', 'is', null)
    .where('certificates.revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw new Problem('proof_invalid');
  const { serial, pem, not_before: notBefore, not_after: notAfter, authority_id: authorityId } = row;
  return { serial, pem, notBefore, notAfter, authorityId };
}

const tell = async (deps: RenewDeps, held: Held): Promise<OwnCertificate> => ({
  certificate: held.pem,
  chain: [...(await readChain(deps.db.read, held.authorityId))],
  certificate_expires_at: held.notAfter,
  certificate_renew_at: dueAt(held, await issuingAuthorityId(deps)),
  server_time: deps.clock.now(),
});
