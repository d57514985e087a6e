// What the core wants of a directory (Active Directory, LDAP): the interface, in the core's words. connectors/directories implements it.
import type { DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import type { Secret } from '#platform/secret.ts';

/** How one directory is reached and read; secrets opened. Made from the stored user source. */
export interface DirectorySettings {
  /** Of the user source, `src_…`: connections and circuit breakers are kept for it and its revision. */
  readonly id: string;
  /** Goes up with every change of the settings; connections of an older one are let go. */
  readonly revision: number;
  readonly kind: 'active_directory' | 'ldap';
  /** Active Directory: the domain, such as `corp.example.com`; put behind a name that has none (A13). */
  readonly name: string;
  /** Tried in this order; none: those that the name servers know for `name`. */
  readonly hosts: readonly DirectoryHost[];
  readonly transport: 'ldaps' | 'starttls' | 'plain';
  /** Certificates in PEM that the server's must lead to; null: those that the system trusts. */
  readonly ca: string | null;
  readonly bind_name: string;
  readonly bind_password: Secret;
  /** Active Directory: may be empty, then it is the domain's own naming context. */
  readonly base_dn: string;
  /** LDAP: who counts as a person, such as `(objectClass=person)`; the name is asked for besides. Active Directory: may be empty. */
  readonly user_filter: string;
  /** Domains besides `name` that a user may give. */
  readonly upn_suffixes: readonly string[];
  /** Name or DN; members of groups in it count, too. */
  readonly mandatory_group: string | null;
  readonly attributes: DirectoryAttributes;
  /** Name or DN of a group of the directory, and the team whose members its members are. */
  readonly groups: readonly { readonly group: string; readonly team: string }[];
  readonly timeouts: { readonly connect_ms: number; readonly answer_ms: number };
}

export interface DirectoryHost {
  readonly host: string;
  readonly port: number;
}

/** Names of the directory's attributes; one that is empty is the usual one of the kind of directory. */
export interface DirectoryAttributes {
  readonly username: string;
  readonly full_name: string;
  readonly email: string;
  readonly phone: string;
  readonly guid: string;
}

/** What a directory knows of a person. */
export interface DirectoryUser {
  /** Stays the same when the person is renamed or moved. Active Directory: as its own tools write it, in lower case. */
  readonly guid: string;
  readonly dn: string;
  readonly username: string;
  readonly full_name: string;
  readonly email: string;
  readonly phone: string;
  readonly teams: readonly string[];
  /** Neither disabled nor expired. */
  readonly enabled: boolean;
}

export type DirectoryAnswer =
  | { readonly kind: 'found'; readonly user: DirectoryUser }
  /** @property tried what was asked for, or why nothing was; for the administrator */
  | { readonly kind: 'not_found'; readonly tried: string }
  | { readonly kind: 'refused'; readonly reason: DirectoryRefusal; readonly user: DirectoryUser | null }
  /** @property detail why no server of the directory could be asked; for the administrator, without secrets */
  | { readonly kind: 'unavailable'; readonly detail: string };

export type DirectoryStep =
  | 'settings'
  | 'name_resolved'
  | 'connected'
  | 'tls'
  | 'bound'
  | 'base_read'
  | 'group_found';

/** What one step of a test found out, in a sentence for the administrator. */
export interface DirectoryFinding {
  readonly step: DirectoryStep;
  /** The server that it is about, `host:port`; empty when it is about all of them. */
  readonly host: string;
  readonly passed: boolean;
  readonly sentence: string;
  /** How long the step took. */
  readonly ms: number;
}

export interface Directory {
  /** Finds the person, checks the password, reads attributes and groups. Never sends an empty password (RFC 4513 5.1.2). */
  verify(
    settings: DirectorySettings,
    name: string,
    password: Secret,
    signal: AbortSignal,
  ): Promise<DirectoryAnswer>;
  /** As `verify`, without a password: a person that is disabled is found. */
  lookUp(settings: DirectorySettings, name: string, signal: AbortSignal): Promise<DirectoryAnswer>;
  /** Everybody whom the source may bring in, some hundred at a time, at constant memory. @throws DirectoryUnavailable */
  everyone(settings: DirectorySettings, signal: AbortSignal): AsyncIterable<readonly DirectoryUser[]>;
  /** Goes the way to each host step by step and ends at the first step that fails for it. */
  probe(settings: DirectorySettings, signal: AbortSignal): AsyncIterable<DirectoryFinding>;
  close(): Promise<void>;
}

/** No server of the directory could be asked, or none to the end. The message is for the administrator, without secrets. */
export class DirectoryUnavailable extends Error {}
