// The browser's own way to verify who holds the device: WebAuthn with the platform's authenticator, behind fingerprint, face or PIN.
import type { NewVerificationCredential, VerificationCeremony } from '@countersign/contract/device-models.ts';
import { type Bytes, fromBase64url, toBase64url, utf8 } from '../protocol/base64url.ts';

/** The person turned away, took too long, or could not be verified: browsers do not tell which (WebAuthn 14.5.2). */
export class NotVerified extends Error {}

/** Whether this device and browser can verify a person at all. */
export async function canVerify(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined') return false;
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
}

/** Makes the credential, verifying the person at once. @throws NotVerified */
export async function createCredential(
  ceremony: VerificationCeremony,
  timeout: number,
): Promise<NewVerificationCredential> {
  const { challenge, rp, user, algorithms } = ceremony;
  const credential = await perform(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: fromBase64url(challenge),
        rp,
        user: { id: fromBase64url(user.id), name: user.name, displayName: user.display_name },
        pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: {
          authenticatorAttachment: 'platform',
          residentKey: 'discouraged',
          userVerification: 'required',
        },
        attestation: 'none',
        timeout,
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    id: toBase64url(new Uint8Array(credential.rawId)),
    client_data: toBase64url(new Uint8Array(response.clientDataJSON)),
    attestation_object: toBase64url(new Uint8Array(response.attestationObject)),
  };
}

export interface AssertionWanted {
  readonly rpId: string;
  /** base64url. */
  readonly credentialId: string;
  /** Its SHA-256 is the challenge. */
  readonly text: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Verifies the person, over a text. @throws NotVerified */
export async function assertPerson({ rpId, credentialId, text, timeout }: AssertionWanted) {
  const challenge = await crypto.subtle.digest('SHA-256', utf8(text));
  const id: Bytes = fromBase64url(credentialId);
  const credential = await perform(() =>
    navigator.credentials.get({
      publicKey: {
        challenge,
        rpId,
        allowCredentials: [{ type: 'public-key', id, transports: ['internal'] }],
        userVerification: 'required',
        timeout,
      },
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    authenticator_data: toBase64url(new Uint8Array(response.authenticatorData)),
    client_data: toBase64url(new Uint8Array(response.clientDataJSON)),
    signature: toBase64url(new Uint8Array(response.signature)),
  };
}

async function perform(ceremony: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await ceremony().catch((error: unknown) => {
    throw new NotVerified('the person was not verified', { cause: error });
  });
  if (credential === null) throw new NotVerified('the browser gave no credential');
  return credential as PublicKeyCredential;
}
