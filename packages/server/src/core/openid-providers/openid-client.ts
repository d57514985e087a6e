// What the core needs of OpenID Connect on the wire: where a person is sent, what an answer is worth, and a look at a provider.
import type { OpenidAnswer, OpenidFinding } from '@countersign/contract/openid-models.ts';
import type { OpenidAuthMethod, OpenidRefusal } from '@countersign/contract/openid-words.ts';
import type { Secret } from '#platform/secret.ts';

/** How one provider is reached; secrets opened. What is remembered of a provider is remembered by id and revision. */
export interface OpenidSettings {
  readonly id: string;
  readonly revision: number;
  /** Exactly as in ID tokens. */
  readonly issuer: string;
  /** Null: by discovery. */
  readonly endpoints: {
    readonly authorization_endpoint: string;
    readonly token_endpoint: string;
    readonly jwks_uri: string;
    /** Empty: not asked. */
    readonly userinfo_endpoint: string;
  } | null;
  readonly client_id: string;
  readonly client_secret: Secret | null;
  readonly auth_method: OpenidAuthMethod;
  readonly scopes: readonly string[];
  /** PEM; null: those that the system trusts. */
  readonly ca: string | null;
  /** Of one call. */
  readonly answer_ms: number;
}

/** What one login is recognised by. */
export interface LoginMarks {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636. */
  readonly verifier: string;
  readonly redirectUri: string;
}

export type Claims = Readonly<Record<string, unknown>>;

/** @property detail for the administrator, without secrets */
export type AddressResult =
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'unavailable'; readonly detail: string };

export type Redeemed =
  | { readonly kind: 'claims'; readonly idToken: Claims; readonly userInfo: Claims | null }
  | { readonly kind: 'refused'; readonly refusal: OpenidRefusal; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string };

export interface OpenidClient {
  /** Where the person logs in. Never throws for what a provider does; neither do the others. */
  address(settings: OpenidSettings, marks: LoginMarks, signal: AbortSignal): Promise<AddressResult>;
  /** Checks the answer (RFC 9207), exchanges the code with PKCE, verifies the ID token and asks the UserInfo endpoint, if there is one. */
  redeem(
    settings: OpenidSettings,
    marks: LoginMarks,
    answer: OpenidAnswer,
    signal: AbortSignal,
  ): Promise<Redeemed>;
  /** Step by step; ends at the first that fails. */
  probe(settings: OpenidSettings, redirectUri: string, signal: AbortSignal): AsyncIterable<OpenidFinding>;
}
