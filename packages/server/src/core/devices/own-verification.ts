// A device's own way to verify its user: seen, begun, set up. Once: who could replace the credential would need no finger of anybody.
import { createPublicKey } from 'node:crypto';
import type {
  NewVerificationCredential,
  OwnVerification,
  VerificationCeremony,
} from '@countersign/contract/device-models.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type RelyingParty, requireRelyingParty } from '#platform/relying-party.ts';
import type { AuthenticatedDevice } from './authenticate-device.ts';
import { readVerificationKey } from './user-verification.ts';
import { addCredential, findVerification, putCeremony, takeCeremony } from './verification-store.ts';

export interface OwnVerificationDeps extends AuditDeps {
  readonly db: Db;
  readonly publicUrl: string;
}

const ceremonyMs = 300_000;
/** ES256 and RS256 (RFC 9053 2.1, RFC 8812 2): one or the other is what each platform authenticator makes. */
const algorithms = [-7, -257];

export async function getVerification(
  { db }: { readonly db: Db },
  device: AuthenticatedDevice,
): Promise<OwnVerification> {
  const row = await findVerification(db.read, device.id);
  const { credential_id: id, public_key, created_at: set_up_at } = row ?? {};
  const isSetUp = typeof id === 'string' && typeof public_key === 'string' && typeof set_up_at === 'number';
  return {
    required: row?.user_verification === 'required',
    credential: isSetUp ? { id, public_key, set_up_at } : null,
  };
}

/** @throws Problem passkeys_unsupported, verification_set_up */
export async function beginVerification(
  deps: OwnVerificationDeps,
  device: AuthenticatedDevice,
): Promise<VerificationCeremony> {
  const { id } = requireRelyingParty(deps.publicUrl);
  await refuseSecond(deps, device);
  const now = deps.clock.now();
  const challenge = Buffer.from(deps.random.bytes(32)).toString('base64url');
  const ceremony = { device_id: device.id, challenge, expires_at: now + ceremonyMs };
  await deps.db.write((tx) => putCeremony(tx, ceremony));
  return {
    challenge,
    rp: { id, name: device.application.name },
    user: {
      // Of the device and not of the user: an authenticator that several devices share keeps one credential for each.
      id: Buffer.from(device.id).toString('base64url'),
      name: device.user.username,
      display_name: device.user.fullName === '' ? device.user.username : device.user.fullName,
    },
    algorithms,
    expires_at: ceremony.expires_at,
    server_time: now,
  };
}

/** Whatever comes of it, the ceremony is used up. @throws Problem passkeys_unsupported, passkey_refused, verification_set_up */
export async function setUpVerification(
  deps: OwnVerificationDeps,
  device: AuthenticatedDevice,
  input: NewVerificationCredential,
): Promise<OwnVerification> {
  const party = requireRelyingParty(deps.publicUrl);
  await refuseSecond(deps, device);
  const challenge = await deps.db.write((tx) => takeCeremony(tx, device.id, deps.clock.now()));
  if (challenge === undefined) throw new Problem('passkey_refused', 'it was not begun, or too long ago');
  const made = await readRegistration(party, challenge, input);
  if (!made) throw new Problem('passkey_refused');
  await deps.db.write(async (tx) => {
    const added = await addCredential(tx, {
      device_id: device.id,
      ...made,
      created_at: deps.clock.now(),
      last_used_at: null,
    });
    if (!added) throw new Problem('verification_set_up');
    await recordAudit(tx, deps, {
      event: 'verification_credential.added',
      actor: { kind: 'device', id: device.id },
      applicationId: device.application.id,
      subjectId: device.id,
      data: { user_id: device.user.id, credential_id: made.credential_id },
    });
  });
  return getVerification(deps, device);
}

async function refuseSecond(deps: OwnVerificationDeps, device: AuthenticatedDevice): Promise<void> {
  const { credential } = await getVerification(deps, device);
  if (credential) throw new Problem('verification_set_up');
}

/** Loaded when it is first needed: it takes a third of a second, which every command would wait. */
const loadLibrary = async () => ({
  ...(await import('@simplewebauthn/server')),
  ...(await import('@simplewebauthn/server/helpers')),
});
type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** @returns undefined for whatever is not a credential made for this challenge, host and origin by a verified user. */
async function readRegistration(
  { id: rpId, origin }: RelyingParty,
  challenge: string,
  { id, client_data, attestation_object }: NewVerificationCredential,
) {
  const library = await loadLibrary();
  try {
    const { verified, registrationInfo } = await library.verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON: client_data, attestationObject: attestation_object },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified || registrationInfo.fmt !== 'none') return undefined;
    const { credential } = registrationInfo;
    const public_key = toKeyInfo(library, credential.publicKey);
    if (credential.id !== id || public_key === undefined) return undefined;
    return { credential_id: id, public_key, sign_count: credential.counter };
  } catch {
    // The library throws for everything that is not as it must be.
    return undefined;
  }
}

/** SubjectPublicKeyInfo in base64url of a COSE key (RFC 9052 7), when it is of a kind that is checked later. */
function toKeyInfo(
  { cose, decodeCredentialPublicKey }: Library,
  coseKey: Uint8Array<ArrayBuffer>,
): string | undefined {
  const key = decodeCredentialPublicKey(coseKey);
  const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64url');
  const jwk = cose.isCOSEPublicKeyEC2(key)
    ? {
        kty: 'EC',
        crv: 'P-256',
        x: text(key.get(cose.COSEKEYS.x)),
        y: text(key.get(cose.COSEKEYS.y)),
      }
    : cose.isCOSEPublicKeyRSA(key)
      ? { kty: 'RSA', n: text(key.get(cose.COSEKEYS.n)), e: text(key.get(cose.COSEKEYS.e)) }
      : undefined;
  if (!jwk) return undefined;
  const info = createPublicKey({ key: jwk, format: 'jwk' })
    .export({ format: 'der', type: 'spki' })
    .toString('base64url');
  return readVerificationKey(info) && info;
}
