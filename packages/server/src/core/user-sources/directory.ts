// What the core wants of a directory (Active Directory, LDAP) and of a RADIUS server that checks passwords: the interfaces, in the core's
// words. connectors/directories and connectors/radius-sources implement them.
import type { DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import type { TeamPolicy } from '#core/users/team-policies.ts';
import type { Secret } from '#platform/secret.ts';
import { heedFindings, type Silences } from './silences.ts';

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
  /** In which records of devices are kept; empty: none are. */
  readonly device_attribute: string;
  /** With which they begin; other values of the attribute are somebody else's and are not looked at. */
  readonly record_prefix: string;
  /** Name or DN of a group of the directory, and the team whose members its members are. */
  readonly groups: readonly { readonly group: string; readonly team: string }[];
  /** Of these groups: says whether members are asked for the second factor; empty: nothing does. */
  readonly group_policy_attribute: string;
  readonly timeouts: { readonly connect_ms: number; readonly answer_ms: number };
}

/** How the RADIUS servers of a user source are asked; secret opened. Made from the stored user source. */
export interface RadiusSourceSettings {
  readonly id: string;
  readonly revision: number;
  readonly kind: 'radius';
  readonly name: string;
  /** Asked in this order. */
  readonly hosts: readonly DirectoryHost[];
  readonly shared_secret: Secret;
  /** Empty: the usual one. */
  readonly nas_identifier: string;
  /** Put behind a name that has none; empty: none is. */
  readonly realm: string;
  /** How long a server may take each time that it is asked. */
  readonly answer_ms: number;
  readonly tries: number;
}

export type SourceSettings = DirectorySettings | RadiusSourceSettings;

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
  /** Stays the same when the person is renamed or moved. Active Directory: as its own tools write it, in lower case. RADIUS: source and name. */
  readonly guid: string;
  readonly dn: string;
  readonly username: string;
  /** By which it lets the person log in, besides the user name. Active Directory: sAMAccountName and userPrincipalName. */
  readonly login_names?: readonly string[];
  readonly full_name: string;
  readonly email: string;
  readonly phone: string;
  readonly teams: readonly string[];
  /** Neither disabled nor expired. */
  readonly enabled: boolean;
  /** In which groups somebody listed is cannot be found out, so nothing follows from `teams`. */
  readonly too_many_groups?: true;
  /** Texts of the attribute with records of devices; absent where there is none, and where nobody asked for them. */
  readonly records?: readonly string[];
}

/** What one change does to the values of an attribute. */
export interface ValueChange {
  readonly remove: readonly string[];
  readonly add: readonly string[];
}

export type RewriteAnswer =
  | { readonly kind: 'written' | 'unchanged' }
  /** @property detail why this person's entry was not changed; for the administrator */
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string };

export type DirectoryAnswer =
  /** @property policies what the directory says of all groups that stand for teams; absent where it is not to be asked for that */
  | {
      readonly kind: 'found';
      readonly user: DirectoryUser;
      readonly policies?: readonly TeamPolicy[] | undefined;
    }
  /** @property tried what was asked for, or why nothing was; for the administrator */
  | { readonly kind: 'not_found'; readonly tried: string }
  /** @property unchecked the name does not mean the person, so the password was not tried, whatever the reason */
  | {
      readonly kind: 'refused';
      readonly reason: DirectoryRefusal;
      readonly user: DirectoryUser | null;
      readonly unchecked?: true;
    }
  /**
   * @property detail why no server of the directory could be asked; for the administrator, without secrets
   * @property answered a server did, and refused what this server asked: that is no outage
   */
  | { readonly kind: 'unavailable'; readonly detail: string; readonly answered?: true };

export type AnswerOfKind<Kind extends DirectoryAnswer['kind']> = Extract<DirectoryAnswer, { kind: Kind }>;

export type DirectoryStep =
  | 'settings'
  | 'name_resolved'
  | 'answered'
  | 'connected'
  | 'tls'
  | 'bound'
  | 'base_read'
  | 'group_found'
  | 'attribute_writable';

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

/** Whether the typed name means whom a directory found by it. */
export type IsMeant = (person: DirectoryUser) => boolean;

/** How somebody is looked up. */
export interface Asking {
  /** Groups are read anew first: what is remembered of them may be a minute old, and a group that was moved since would have no members. */
  readonly anew?: boolean;
  /** With the records of devices, too; logins have no use for them. */
  readonly records?: boolean;
}

/** What every kind of user source can do. */
export interface PasswordCheck<Settings extends SourceSettings> {
  /**
   * Finds the person, checks the password, reads attributes and groups. Never sends an empty password (RFC 4513 5.1.2).
   * @param isMeant asked before a password is tried: of nobody else it is, so that nobody is locked out there by other spellings
   */
  verify(
    settings: Settings,
    name: string,
    password: Secret,
    signal: AbortSignal,
    isMeant?: IsMeant,
  ): Promise<DirectoryAnswer>;
  /** Goes the way to each host step by step and ends at the first step that fails for it. */
  probe(settings: Settings, signal: AbortSignal): AsyncIterable<DirectoryFinding>;
  close(): Promise<void>;
}

/** A server that knows people, not only passwords. */
export interface Directory<Settings extends SourceSettings = DirectorySettings>
  extends PasswordCheck<Settings> {
  /** As `verify`, without a password: a person that is disabled is found. */
  lookUp(
    settings: DirectorySettings,
    name: string,
    signal: AbortSignal,
    how?: Asking,
  ): Promise<DirectoryAnswer>;
  /** What the directory says by now of all groups that stand for teams. @throws DirectoryUnavailable */
  teamPolicies(settings: DirectorySettings, signal: AbortSignal): Promise<readonly TeamPolicy[]>;
  /** Everybody whom the source may bring in, their groups read anew, some hundred at a time, at constant memory. @throws DirectoryUnavailable */
  everyone(settings: DirectorySettings, signal: AbortSignal): AsyncIterable<readonly DirectoryUser[]>;
  /**
   * Changes values of `device_attribute` of the person with this id, all in one step.
   * @param change is given the texts that stand there; asked again when somebody else changed them meanwhile
   */
  rewrite(
    settings: DirectorySettings,
    guid: string,
    change: (values: readonly string[]) => Promise<ValueChange>,
    signal: AbortSignal,
  ): Promise<RewriteAnswer>;
}

/** User sources of every kind: who asks need not know which it is. */
export type AnyDirectory = Directory<SourceSettings>;

export const directoryOfAllKinds = (
  directories: Directory,
  radius: PasswordCheck<RadiusSourceSettings>,
  silences: Silences,
): AnyDirectory => ({
  verify: (settings, ...asked) =>
    settings.kind === 'radius' ? radius.verify(settings, ...asked) : directories.verify(settings, ...asked),
  probe: (settings, signal) =>
    heedFindings(
      silences,
      settings,
      settings.kind === 'radius' ? radius.probe(settings, signal) : directories.probe(settings, signal),
    ),
  lookUp: (...asked) => directories.lookUp(...asked),
  teamPolicies: (...asked) => directories.teamPolicies(...asked),
  everyone: (...asked) => directories.everyone(...asked),
  rewrite: (...asked) => directories.rewrite(...asked),
  async close() {
    await Promise.all([directories.close(), radius.close()]);
  },
});

/** No server of the directory could be asked, or none to the end. The message is for the administrator, without secrets. */
export class DirectoryUnavailable extends Error {
  /** A server did answer, and refused what this server asked. */
  readonly answered: boolean;

  constructor(message: string, { answered = false } = {}) {
    super(message);
    this.answered = answered;
  }
}
