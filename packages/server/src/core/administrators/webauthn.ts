// Passkeys as the library checks them (Web Authentication Level 3), with what we demand: a passkey that finds its account by itself and
// verifies its user, made and used on exactly our origin.
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { Problem } from '#platform/problem.ts';
import { relyingPartyOf, siteOf } from '#platform/relying-party.ts';

/** Where passkeys are good: the relying party of this installation. */
export interface PasskeySite {
  /** Host name of the public URL; null where browsers allow no passkeys. */
  readonly id: string | null;
  readonly origin: string;
  readonly name: string;
}

/** What is kept of a passkey to check it with. */
export interface StoredCredential {
  readonly credential_id: string;
  readonly public_key: string;
  readonly counter: number;
}

/** Milliseconds that the browser gives its user; the ceremony itself is good for a little longer. */
const askMs = 240_000;

/** EdDSA, ES256 and RS256 (RFC 9053 2), which every authenticator has one of. Named, since the library would try out newer ones. */
const algorithms = [-8, -7, -257];

/** Most servers never see a passkey, so that the library is loaded with the first. */
const library = () => import('@simplewebauthn/server');

export function passkeySite(publicUrl: string, name: string): PasskeySite {
  const { origin } = siteOf(publicUrl);
  return { id: relyingPartyOf(publicUrl)?.id ?? null, origin, name };
}

/** @throws Problem passkeys_unsupported */
export function relyingParty({ id }: PasskeySite): string {
  if (id === null) throw new Problem('passkeys_unsupported');
  return id;
}

export async function creationOptions(
  site: PasskeySite,
  asked: {
    readonly challenge: string;
    readonly administratorId: string;
    readonly username: string;
    readonly existing: readonly string[];
  },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library();
  return generateRegistrationOptions({
    rpName: site.name,
    rpID: relyingParty(site),
    userName: asked.username,
    userDisplayName: asked.username,
    userID: new Uint8Array(Buffer.from(asked.administratorId)),
    challenge: bytesOf(asked.challenge),
    timeout: askMs,
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: asked.existing.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** @param allowed credential ids; empty lets the user choose among the passkeys for this site. */
export async function requestOptions(
  site: PasskeySite,
  challenge: string,
  allowed: readonly string[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({
    rpID: relyingParty(site),
    challenge: bytesOf(challenge),
    timeout: askMs,
    userVerification: 'required',
    ...(allowed.length > 0 && { allowCredentials: allowed.map((id) => ({ id })) }),
  });
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'base64url'));

export interface VerifiedCreation {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly synced: boolean;
  /** Of the authenticator's model; all zero where it is not told. */
  readonly aaguid: string;
}

/** @returns undefined when it is not what was asked for: another challenge, origin or site, or no verified user. */
export async function verifyCreation(
  site: PasskeySite,
  challenge: string,
  credential: Readonly<Record<string, unknown>>,
): Promise<VerifiedCreation | undefined> {
  const rpId = relyingParty(site);
  const { verifyRegistrationResponse } = await library();
  // The library looks at every field itself and throws at whatever it does not like, also what is no credential at all.
  const verified = await verifyRegistrationResponse({
    response: credential as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(() => undefined);
  if (verified?.verified !== true) return undefined;
  const { aaguid, credential: made, credentialBackedUp, userVerified } = verified.registrationInfo;
  if (!userVerified) return undefined;
  return {
    credentialId: made.id,
    publicKey: Buffer.from(made.publicKey).toString('base64url'),
    counter: made.counter,
    transports: (made.transports ?? []).filter((each) => typeof each === 'string').slice(0, maxTransports),
    synced: credentialBackedUp,
    aaguid,
  };
}

const maxTransports = 8;

/** @returns the new counter; undefined when the signature is none of this passkey's over what was asked. */
export async function verifyUse(
  site: PasskeySite,
  challenge: string,
  credential: Readonly<Record<string, unknown>>,
  stored: StoredCredential,
): Promise<{ readonly counter: number; readonly synced: boolean } | undefined> {
  const rpId = relyingParty(site);
  const { verifyAuthenticationResponse } = await library();
  const verified = await verifyAuthenticationResponse({
    response: credential as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: {
      id: stored.credential_id,
      publicKey: bytesOf(stored.public_key),
      counter: stored.counter,
    },
  }).catch(() => undefined);
  if (verified?.verified !== true || !verified.authenticationInfo.userVerified) return undefined;
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  return { counter: newCounter, synced: credentialBackedUp };
}
