// Who may be on the other side of a call, and how the edge finds out: the core decides, this only names what is asked of it.
import type { RoleName } from '@countersign/contract/roles.ts';
import type { Scope } from '@countersign/contract/scopes.ts';

/** An API client that showed a valid access token. */
export interface ApiClientCaller {
  readonly kind: 'api_client';
  readonly id: string;
  readonly name: string;
  /** What this token allows: at most what the client was given. */
  readonly scopes: readonly Scope[];
  /** The only application the client may see, or null for all. */
  readonly applicationId: string | null;
}

/** An administrator who is signed in to the console. */
export interface AdministratorCaller {
  readonly kind: 'administrator';
  readonly id: string;
  /** The user name. */
  readonly name: string;
  readonly role: RoleName;
  /** Administrators see every application. */
  readonly applicationId: null;
  readonly sessionId: string;
  /** Signed in with a password alone: only the own session may be called. */
  readonly mustEnrol: boolean;
  /** Whether it was proved lately enough who is there for what destroys. */
  readonly isVerified: boolean;
}

/** Whoever administers. */
export type AdministeringCaller = ApiClientCaller | AdministratorCaller;

/** What a proof of possession is checked against. */
export interface ProofCall {
  /** The DPoP header; undefined when there is none or more than one. */
  readonly header: string | undefined;
  readonly method: string;
  /** Public URL with path, without query and fragment. */
  readonly url: string;
  /** Exact bytes of the body; undefined when there is none. */
  readonly body: Uint8Array | undefined;
  /** Address of the caller. */
  readonly source: string;
}

export interface Callers<Device extends { readonly id: string }, Key> {
  /** Undefined when the token is unknown, expired or withdrawn, or its client disabled. */
  findApiClient(token: string): Promise<ApiClientCaller | undefined>;
  /**
   * Undefined when the session has ended, waits for its second factor, or its administrator is disabled.
   * @param isAttended false when a page asks by itself, which keeps no session alive.
   */
  findAdministrator(token: string, isAttended: boolean): Promise<AdministratorCaller | undefined>;
  /**
   * @param admit is asked as soon as the device is known and before anything is written; what it throws is the answer.
   * @throws Problem proof_stale, proof_invalid
   */
  authenticateDevice(call: ProofCall, admit: (deviceId: string) => void): Promise<Device>;
  /** The key of a device that is to be. @throws Problem proof_stale, proof_invalid */
  authenticateNewKey(call: ProofCall): Key;
}
