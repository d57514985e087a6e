// Tables of devices: what each is known by, verifies its user with and is woken by.
import type { PushFailure } from '@countersign/contract/push-failures.ts';

export interface DeviceTable {
  id: string;
  user_id: string;
  name: string;
  platform: string;
  app_version: string;
  /** RFC 7638 thumbprint of the signing key. */
  key_thumbprint: string;
  /** Public keys as JWK, JSON. */
  signing_key: string;
  encryption_key: string;
  certificate_serial: string;
  created_at: number;
  last_seen_at: number | null;
  revoked_at: number | null;
  /** Before that it is asked nothing and cannot approve; null: it never had to wait. */
  approves_from: number | null;
}

/** With what a device verifies its user before an approval; one for each device at most. */
export interface VerificationCredentialTable {
  device_id: string;
  /** base64url. */
  credential_id: string;
  /** SubjectPublicKeyInfo, base64url. */
  public_key: string;
  /** As the last assertion had it; 0 where the authenticator does not count. */
  sign_count: number;
  created_at: number;
  last_used_at: number | null;
}

/** A credential that a device is about to make; the newest only. */
export interface VerificationCeremonyTable {
  device_id: string;
  /** base64url. */
  challenge: string;
  expires_at: number;
}

/** Where a device is told by push that there is something to ask for; one for each device. */
export interface PushSubscriptionTable {
  device_id: string;
  /** Another one for each subscription: what became of an old one's push says nothing about the new one. */
  id: string;
  /** Origin of the push service; the rest of the endpoint is a secret. */
  service: string;
  /** The endpoint, sealed. */
  endpoint: string;
  /** base64url; null when nothing can be encrypted to the device. */
  p256dh: string | null;
  /** Sealed. */
  auth: string | null;
  /** SHA-256 of the token with which the device proves that it gets what is sent there. */
  token_hash: string;
  token_expires_at: number;
  /** Null until then. */
  proved_at: number | null;
  /** Why the last push failed; null when it did not. */
  failure: PushFailure | null;
  /** HTTP status, where there was one. */
  failure_status: number | null;
  failed_at: number | null;
  created_at: number;
}

/** The one key pair of the installation for push services (RFC 8292). */
export interface VapidKeyTable {
  /** Always 1. */
  singleton: 1;
  /** base64url of the uncompressed point. */
  public_key: string;
  /** PKCS #8, sealed. */
  private_key: string;
  created_at: number;
}

export interface ProofTable {
  key_thumbprint: string;
  jti: string;
  expires_at: number;
}
