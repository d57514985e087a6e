// The tables of whoever administers: API clients, administrators and their sessions, settings, nodes and what the overview counts.
// The rules of these files are those of tables.ts.
import type { Administrator } from '@countersign/contract/administrator-models.ts';
import type { AuthRequestStatus } from '@countersign/contract/models.ts';
import type { RoleName } from '@countersign/contract/roles.ts';
import type { ImportState } from '@countersign/contract/user-files.ts';
import type { Generated } from 'kysely';
import type { Flag } from './flag.ts';

export interface ApiClientTable {
  id: string;
  name: string;
  name_key: string;
  secret_hash: string;
  /** Space-separated. */
  scopes: string;
  application_id: string | null;
  enabled: Flag;
  last_used_at: number | null;
  created_at: number;
  updated_at: number;
}

/** With which another system pushes users and teams into one application (RFC 7644). */
export interface ScimTokenTable {
  id: string;
  application_id: string;
  name: string;
  token_hash: string;
  /** Null: until it is deleted. */
  expires_at: number | null;
  last_used_at: number | null;
  created_at: number;
}

export interface AccessTokenTable {
  token_hash: string;
  api_client_id: string;
  scopes: string;
  expires_at: number;
}

/** Logins that a remote proxy let in by itself and reported; only to know which ones the audit trail has already. */
export interface UnreachableLoginTable {
  /** Which API client reported it: ids are the proxy's own. */
  api_client_id: string;
  id: string;
  application_id: string;
  reported_at: number;
}

export interface SetupLinkTable {
  id: string;
  /** Whom it invites; null where it makes a new owner. */
  administrator_id: string | null;
  token_hash: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface AdministratorTable {
  id: string;
  username: string;
  username_key: string;
  role: RoleName;
  enabled: Flag;
  kind: Generated<Administrator['kind']>;
  /** The user source that brought the person; null for local ones. */
  directory_source_id: string | null;
  /** Its id of the person, which stays when the person is renamed; null for local ones. */
  directory_guid: string | null;
  /** When the directory last said that the person may come in; 0: to be asked anew; null for local ones. */
  directory_checked_at: number | null;
  password_hash: string | null;
  /** The user whose devices approve the signing in. */
  phone_user_id: string | null;
  last_signed_in_at: number | null;
  created_at: number;
  updated_at: number;
}

/** One row: by which directory administrators come in. */
export interface AdministratorDirectoryTable {
  singleton: 1;
  enabled: Flag;
  source_id: string | null;
  /** JSON array of `{ group, role }`. */
  role_groups: string;
  /** Goes up with every change. */
  revision: number;
  changed_at: number | null;
}

export interface PasskeyTable {
  id: string;
  administrator_id: string;
  name: string;
  /** base64url, as the browser names it. */
  credential_id: string;
  /** COSE key (RFC 9052 7), base64url. */
  public_key: string;
  /** How often it signed, as it says itself; many always say 0. */
  counter: number;
  /** JSON array of texts. */
  transports: string;
  synced: Flag;
  created_at: number;
  last_used_at: number | null;
}

/** `half`: the password was right and the second factor is awaited. `link`: made by a setup or invitation link with a password. */
export type SessionStrength = 'half' | 'password' | 'link' | 'full';

export interface SessionTable {
  id: string;
  administrator_id: string;
  token_hash: string;
  strength: SessionStrength;
  /** When it was last proved who is there. */
  verified_at: number;
  /** The auth request that the session put to the administrator’s phone, while it may count. */
  phone_request_id: string | null;
  phone_until: number | null;
  address: string;
  user_agent: string;
  created_at: number;
  last_used_at: number;
  /** At the latest. */
  expires_at: number;
}

/** What a browser was asked to sign with a passkey, or to make one for; good once. */
export interface CeremonyTable {
  id: string;
  kind: 'create' | 'get';
  /** base64url. */
  challenge: string;
  /** Whose passkey it must be or become; null where whoever has one may sign in. No reference: a setup link’s is yet to be made. */
  administrator_id: string | null;
  session_id: string | null;
  setup_link_id: string | null;
  expires_at: number;
}

/** Values that are kept; a setting without a row has its default. */
export interface SettingTable {
  name: string;
  value: number;
  changed_at: number;
  changed_by_kind: string;
  changed_by_id: string | null;
}

/** A server process, as it last said of itself. */
export interface NodeTable {
  /** Another one for each start. */
  instance_id: string;
  name: string;
  version: string;
  started_at: number;
  seen_at: number;
  /** When the certificate of its HTTP door ends; null without one. */
  certificate_ends_at: number | null;
  /** JSON array of the contract's Service. */
  services: string;
}

/** Hours whose logins were counted, each once and for good. */
export interface CountedHourTable {
  /** Hours since 1970. */
  hour: number;
}

/** How many auth requests of a counted hour ended how. */
export interface LoginHourTable {
  hour: number;
  application_id: string;
  status: AuthRequestStatus;
  logins: number;
}

/** A file of users on its way into an application. */
export interface UserImportTable {
  id: string;
  application_id: string;
  state: ImportState;
  /** Which node works on it; `console` for the command line. */
  runner: string;
  /** JSON: what the API tells of it besides. */
  document: string;
  created_at: number;
  /** When whoever works on it last said so. */
  touched_at: number;
}

/** A few hundred rows of it. */
export interface UserImportPieceTable {
  import_id: string;
  number: number;
  /** Rows whose password is not hashed yet. */
  passwords: number;
  /** JSON, sealed. */
  content: string;
}
