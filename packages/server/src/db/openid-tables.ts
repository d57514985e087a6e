// Tables of OpenID providers: their settings, who came by them, and the logins under way.
import type { Flag } from './flag.ts';

export interface OpenidProviderTable {
  id: string;
  application_id: string;
  name: string;
  enabled: Flag;
  /** JSON. */
  settings: string;
  /** Sealed; null without. */
  client_secret: string | null;
  /** Goes up with every change. */
  revision: number;
  created_at: number;
  updated_at: number;
}

/** By which provider a user last came; one at most. */
export interface OpenidProviderUserTable {
  user_id: string;
  provider_id: string;
  seen_at: number;
}

export interface OpenidLoginTable {
  id: string;
  provider_id: string;
  /** Of the provider when the login was begun: another one since then ends it. */
  provider_revision: number;
  purpose: 'onboarding' | 'test';
  /** The onboarding process, or whoever tests: nobody else can give the answer. */
  owner_id: string;
  /** Of the state, which the browser carries. */
  state_hash: string;
  /** Nonce, PKCE verifier and the address of the login, sealed. */
  secrets: string;
  expires_at: number;
  /** Given, or another login was begun in its place. */
  used_at: number | null;
  created_at: number;
}
