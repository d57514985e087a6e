// What the core needs of a third party's SCEP server (RFC 8894) on the wire.
import type { KeyObject } from 'node:crypto';
import type { ScepFinding, ScepSource } from '@countersign/contract/certificate-source-models.ts';
import type { Secret } from '#platform/secret.ts';

/** How a server is reached and recognised; the secret opened. */
export type ScepPlace = Omit<ScepSource, 'from' | 'secret'> & { readonly secret: Secret | null };

/** What was read of a server and is pinned. PEM. */
export interface ScepAuthority {
  readonly certificate: string;
  /** Up to the one that signed itself, as far as the server gives them. */
  readonly issuers: readonly string[];
  /** Who may sign answers; the first is encrypted to. */
  readonly registrars: readonly string[];
}

/** Who signs requests, and to whom answers are encrypted: this server, for the device. */
export interface OwnRegistrar {
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

export interface ScepAsking {
  readonly url: string;
  readonly authority: ScepAuthority;
  readonly registrar: OwnRegistrar;
  /** PKCS #10, DER. */
  readonly request: Uint8Array;
  readonly transactionId: string;
  /** Whether an answer may be signed with SHA-1. */
  readonly acceptSha1: boolean;
  /** `enrol`: PKCSReq; `poll`: CertPoll, which was GetCertInitial. */
  readonly ask: 'enrol' | 'poll';
}

/** @property detail for the administrator, without secrets */
export type ScepAnswer =
  | { readonly kind: 'issued' /** DER; not judged yet. */; readonly certificates: readonly Uint8Array[] }
  | { readonly kind: 'pending' }
  /** `senseless`: it did answer, by HTTP alone, and not only a proxy in front of it. */
  | { readonly kind: 'refused' | 'senseless' | 'unavailable'; readonly detail: string };

export interface ScepClient {
  /** Asks step by step, and ends at the first that fails; returns what was read when none did. Never throws for what a server does; neither do the others. */
  probe(
    place: ScepPlace,
    signal: AbortSignal,
  ): AsyncGenerator<ScepFinding, ScepAuthority | undefined, undefined>;
  /** A new challenge password, where each works once. */
  readChallenge(
    place: ScepPlace,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'challenge'; readonly challenge: Secret }
    | { readonly kind: 'unavailable'; readonly detail: string }
  >;
  ask(asking: ScepAsking, signal: AbortSignal): Promise<ScepAnswer>;
}
