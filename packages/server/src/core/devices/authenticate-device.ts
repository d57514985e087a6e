// Who is calling: the proof is in order, was never used before, and its key belongs to a device that may call. Whoever fails
// learns only that; the cause is told to whoever runs the server.
import type { PublicKeyJwk } from '@countersign/contract/device-models.ts';
import type { Journal } from '#core/audit/journal.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import {
  type ProofCall as ProvenCall,
  type ProofFault,
  type ProvenKey,
  verifyProof,
} from './device-proof.ts';
import { type CallingDevice, findDeviceByKey, touchDevice } from './device-store.ts';
import { rememberProof } from './used-proofs.ts';

export interface AuthenticatedDevice {
  readonly id: string;
  readonly name: string;
  readonly signingKey: PublicKeyJwk;
  readonly encryptionKey: PublicKeyJwk;
  readonly keyThumbprint: string;
  readonly certificateSerial: string;
  /** Epoch milliseconds. */
  readonly certificateExpiresAt: number;
  /** Epoch milliseconds; null when it never had to wait. */
  readonly approvesFrom: number | null;
  readonly user: {
    readonly id: string;
    readonly username: string;
    readonly fullName: string;
    /** After "it was not me", until an administrator releases the requests. */
    readonly requestsHeld: boolean;
  };
  readonly application: {
    readonly id: string;
    readonly name: string;
    readonly accessId: string;
    /** Digests of its images. */
    readonly logo: string | null;
    readonly background: string | null;
  };
}

/** A call as the door took it in. */
export interface ProofCall extends ProvenCall {
  /** Address of the caller. */
  readonly source: string;
}

export interface ProofDeps {
  readonly db: Db;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Is told of every proof that is not accepted; anybody can make it be called as often as they like. */
  proofRefused(refused: RefusedProof): void;
}

export interface RefusedProof {
  readonly cause: RefusalCause;
  readonly call: ProofCall;
  /** As far as it is known. */
  readonly thumbprint: string | undefined;
  readonly deviceId: string | undefined;
}

export type RefusalCause =
  | ProofFault
  | 'used_before'
  | 'unknown_key'
  | 'device_revoked'
  | 'certificate_revoked'
  | 'certificate_dates'
  | 'user_disabled'
  | 'application_disabled';

const seenEveryMs = 60_000;

/**
 * The device that makes this call.
 * @param admit may throw, before anything is written, when the device of this id calls too often.
 * @throws Problem proof_stale, proof_invalid, and what `admit` throws
 */
export async function authenticateDevice(
  deps: ProofDeps,
  call: ProofCall,
  admit: (deviceId: string) => void = () => {},
): Promise<AuthenticatedDevice> {
  const proof = requireProof(deps, call);
  const row = await findDeviceByKey(deps.db, proof.thumbprint);
  // Only proofs of known keys are remembered: strangers must not be able to fill the table.
  if (!row) throw refuse(deps, call, 'unknown_key', proof.thumbprint);
  admit(row.id);
  const now = deps.clock.now();
  const fault = findFault(row, now);
  if (fault) throw refuse(deps, call, fault, proof.thumbprint, row.id);
  const seenAgo = now - (row.last_seen_at ?? 0);
  const seen = seenAgo >= seenEveryMs ? [touchDevice({ id: row.id, now })] : [];
  const fresh = await rememberProof(deps, proof, seen);
  if (!fresh) throw refuse(deps, call, 'used_before', proof.thumbprint, row.id);
  return toAuthenticated(row);
}

/** Whether a device that was let in before may still call: for answers that go on for long. */
export async function mayStillCall(
  { db, clock }: Pick<ProofDeps, 'db' | 'clock'>,
  { keyThumbprint }: Pick<AuthenticatedDevice, 'keyThumbprint'>,
): Promise<boolean> {
  const row = await findDeviceByKey(db, keyThumbprint);
  return row !== undefined && findFault(row, clock.now()) === undefined;
}

/** The key of a device that is to be. */
export interface NewKey {
  readonly jwk: PublicKeyJwk;
  /** Uses the proof up; to be called before anything is changed because of it. @throws Problem proof_invalid when it was used before */
  useUp(): Promise<void>;
}

/**
 * The key that signed this call, when no device is known by it yet (onboarding). Anybody can make keys, so nothing is written down
 * before it is known that the caller was invited: whoever acts on the call uses the proof up then.
 * @throws Problem proof_stale, proof_invalid
 */
export function authenticateNewKey(deps: ProofDeps, call: ProofCall): NewKey {
  const { jwk, thumbprint, jti, expiresAt } = requireProof(deps, call);
  return {
    jwk,
    async useUp() {
      if (!(await rememberProof(deps, { thumbprint, jti, expiresAt })))
        throw refuse(deps, call, 'used_before', thumbprint);
    },
  };
}

function requireProof(deps: ProofDeps, call: ProofCall): ProvenKey {
  const verdict = verifyProof(deps, call);
  switch (verdict.kind) {
    case 'ok':
      return verdict;
    case 'stale':
      throw new Problem('proof_stale');
    case 'invalid':
      throw refuse(deps, call, verdict.cause);
  }
}

function refuse(
  deps: ProofDeps,
  call: ProofCall,
  cause: RefusalCause,
  thumbprint?: string,
  deviceId?: string,
): Problem {
  deps.proofRefused({ cause, call, thumbprint, deviceId });
  return new Problem('proof_invalid');
}

function findFault(row: CallingDevice, now: number): RefusalCause | undefined {
  if (row.revoked_at !== null) return 'device_revoked';
  if (row.certificate_revoked_at !== null) return 'certificate_revoked';
  if (now < row.not_before || now > row.not_after) return 'certificate_dates';
  if (row.user_enabled === 0) return 'user_disabled';
  if (row.application_enabled === 0) return 'application_disabled';
  return undefined;
}

function toAuthenticated(row: CallingDevice): AuthenticatedDevice {
  return {
    id: row.id,
    name: row.name,
    signingKey: JSON.parse(row.signing_key) as PublicKeyJwk,
    encryptionKey: JSON.parse(row.encryption_key) as PublicKeyJwk,
    keyThumbprint: row.key_thumbprint,
    certificateSerial: row.certificate_serial,
    certificateExpiresAt: row.not_after,
    approvesFrom: row.approves_from,
    user: {
      id: row.user_id,
      username: row.username,
      fullName: row.full_name,
      requestsHeld: row.held_by_request_id !== null,
    },
    application: {
      id: row.application_id,
      name: row.application_name,
      accessId: row.access_id,
      logo: row.logo,
      background: row.background,
    },
  };
}
