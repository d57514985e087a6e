// The tables as both databases hold them: ids and JSON as text, times as epoch milliseconds, flags as 0 or 1.
import type { AuditEventName } from '@countersign/contract/audit-events.ts';
import type { ImageKind, ImageType } from '@countersign/contract/images.ts';
import type { AuthRequestStatus } from '@countersign/contract/models.ts';
import type { PushFailure } from '@countersign/contract/push-failures.ts';
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import type { ApplicationRequirementsTable, OnboardingProcessTable } from './onboarding-tables.ts';
import type {
  ScepChallengeTable,
  ScepProfileTable,
  ScepRegistrarTable,
  ScepRequestTable,
} from './scep-tables.ts';
import type {
  AccessTokenTable,
  AdministratorDirectoryTable,
  AdministratorTable,
  ApiClientTable,
  CeremonyTable,
  CountedHourTable,
  LoginHourTable,
  NodeTable,
  PasskeyTable,
  ScimTokenTable,
  SessionTable,
  SettingTable,
  SetupLinkTable,
  UnreachableLoginTable,
  UserImportPieceTable,
  UserImportTable,
} from './administration-tables.ts';
import type { Flag } from './flag.ts';
import type {
  DirectoryRecordTable,
  UserSourceSeenTable,
  UserSourceSyncTable,
  UserSourceTable,
  UserSourceCredentialTable,
  UserSourceUserTable,
} from './user-source-tables.ts';
import type {
  MessageCodeTable,
  MessageGatewayTable,
  MessageRulesTable,
  MessageSendTable,
} from './message-tables.ts';
import type { CertificateEnrolmentTable, CertificateSourceTable } from './certificate-source-tables.ts';
import type { OpenidLoginTable, OpenidProviderTable, OpenidProviderUserTable } from './openid-tables.ts';

export type SecondFactor = 'push' | 'by_team' | 'none';
export type UserVerification = 'off' | 'required';
export type DeviceMode = 'single' | 'override' | 'multiple';
export type MessageAuthenticatorPolicy = 'require' | 'auto' | 'off';

export interface InstallationTable {
  /** Always 1: there is one installation per database. */
  singleton: 1;
  id: string;
  name: string;
  /** Short name of the master key that this database's secrets are sealed with. */
  key_id: string;
  created_at: number;
}

export interface ApplicationTable {
  id: string;
  access_id: string;
  name: string;
  name_key: string;
  request_seconds: number;
  device_limit: number;
  second_factor: SecondFactor;
  user_verification: UserVerification;
  unreachable_grace_seconds: number;
  device_mode: DeviceMode;
  enrolment: 'open' | 'closed';
  authorisation: 'open' | 'closed';
  new_device_wait_seconds: number;
  new_device_cool_down_seconds: number;
  /** Digests of its images; null without. */
  logo: string | null;
  background: string | null;
  enabled: Flag;
  created_at: number;
  updated_at: number;
}

export interface ApplicationImageTable {
  application_id: string;
  kind: ImageKind;
  /** SHA-256 of the bytes, base64url; the application names it too. */
  digest: string;
  type: ImageType;
  /** The bytes, base64: text is the same in both databases and in backups. */
  content: string;
  created_at: number;
}

export interface UserTable {
  id: string;
  application_id: string;
  username: string;
  username_key: string;
  full_name: string;
  email: string;
  phone: string;
  external_guid: string;
  enabled: Flag;
  device_limit: number | null;
  password_hash: string | null;
  /** The auth request whose report holds further requests; null when none do. */
  held_by_request_id: string | null;
  /** Denied or ignored requests in a row. */
  unanswered_streak: number;
  left_alone_until: number | null;
  last_authenticated_at: number | null;
  last_onboarded_at: number | null;
  /** How many auth requests were ever put to the user: two nodes that open one at the same moment find out by it. */
  requests_opened: number;
  created_at: number;
  updated_at: number;
  /** Parts of it are searched for (search-key.ts); it follows the names. */
  search_key: string;
}

export interface TeamTable {
  id: string;
  application_id: string;
  name: string;
  name_key: string;
  /** The id of this team in the system that pushes it by SCIM. */
  external_id: string;
  /** 1: pushed by SCIM, and stays when nobody is in it. */
  kept: Flag;
  created_at: number;
  updated_at: number;
  /** 1: members are asked on the phone where the application asks by team; set by administrators. Such a team stays when nobody is in it. */
  second_factor_required: Flag;
}

/** A user source whose directory says that members of the team are asked; such a team stays when nobody is in it. */
export interface TeamPolicyTable {
  team_id: string;
  source_id: string;
  /** When the group had no such attribute any more, or none that could be read; null when a sync has read it since. */
  unread_at: number | null;
}

export interface TeamMemberTable {
  team_id: string;
  user_id: string;
}

export interface OnboardingLinkTable {
  id: string;
  user_id: string;
  ticket_hash: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  device_id: string | null;
}

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

export interface CertificateTable {
  /** Hexadecimal, lower case, without leading zeros beyond whole bytes. */
  serial: string;
  authority_id: string;
  /** Empty when it is no device's. */
  device_id: string;
  pem: string;
  /** For people; empty for a device's. */
  subject: string;
  /** By which request it was had; null when not by SCEP. */
  scep_request_id: string | null;
  not_before: number;
  not_after: number;
  revoked_at: number | null;
  /** CRLReason (RFC 5280 5.3.1). */
  revocation_reason: number | null;
}

export interface CertificateAuthorityTable {
  id: string;
  /** `single`: signs what is issued, and itself; those of the first releases. */
  /** `external`: a third party’s, whose key is never here. */
  kind: 'single' | 'root' | 'intermediate' | 'external';
  certificate: string;
  /** Who signed it, up to the one that signed itself: a JSON array of PEM. */
  issuers: string;
  /** PKCS #8, sealed; empty when it was taken away. */
  private_key: string;
  crl_number: number;
  /** The revocation list with that number, DER as base64; null before the first one. */
  crl: string | null;
  /** How many certificates were revoked when the list was made. */
  crl_revoked_count: number;
  crl_this_update: number;
  crl_next_update: number;
  created_at: number;
}

/** A key that waits for somebody elsewhere to sign its certificate. */
export interface AuthorityRequestTable {
  /** Of the authority that is to be. */
  id: string;
  /** PKCS #10, PEM. */
  request: string;
  /** PKCS #8, sealed. */
  private_key: string;
  created_at: number;
}

export interface ProofTable {
  key_thumbprint: string;
  jti: string;
  expires_at: number;
}

export interface RadiusClientTable {
  id: string;
  name: string;
  name_key: string;
  application_id: string;
  /** Canonical CIDR text. */
  network: string;
  shared_secret: string;
  message_authenticator: MessageAuthenticatorPolicy;
  number_matching: Flag;
  strip_realm: Flag;
  append_realm: string;
  relay: Flag;
  enabled: Flag;
  created_at: number;
  updated_at: number;
}

export interface RadiusClientHomeServerTable {
  radius_client_id: string;
  home_server_id: string;
  position: number;
}

export interface HomeServerTable {
  id: string;
  name: string;
  name_key: string;
  address: string;
  port: number;
  shared_secret: string;
  message_authenticator: MessageAuthenticatorPolicy;
  timeout_ms: number;
  tries: number;
  dead_seconds: number;
  created_at: number;
  updated_at: number;
}

export interface AuthRequestTable {
  id: string;
  application_id: string;
  user_id: string | null;
  /** As typed, made displayable. */
  username: string;
  status: AuthRequestStatus;
  reason: RefusalReasonCode | null;
  door: 'radius' | 'api' | 'console' | 'onboarding';
  /** Id of the RADIUS client, API client, administrator or onboarding process that brought it. */
  door_id: string;
  /** What makes two logins one for a human; null when nothing may join. */
  door_context: string | null;
  /** SHA-256 of the very packet that brought the login, so that a copy on another node is no second login; null where there are none. */
  packet_digest: string | null;
  /** SHA-256 of the RADIUS State with which the login goes on; null when none was given out. */
  state_hash: string | null;
  client_name: string;
  client_address: string | null;
  /** Attributes for the Access-Accept that the first factor's check brought, sealed; null when none. */
  reply_attributes: string | null;
  created_at: number;
  expires_at: number;
  decided_at: number | null;
  /** Changes with every transition; what the change feed follows. */
  updated_at: number;
  /** What happened, oldest first: one JSON array `[at, code, details]` a line. */
  steps: string;
}

export interface ChallengeTable {
  id: string;
  auth_request_id: string;
  user_id: string;
  status: AuthRequestStatus;
  nonce: string;
  /** The exact text that is shown (ChallengeContent as JSON). */
  content: string;
  /** The number to type, sealed; null without number matching. */
  number: string | null;
  device_id: string | null;
  created_at: number;
  expires_at: number;
  decided_at: number | null;
}

export interface EvidenceTable {
  challenge_id: string;
  auth_request_id: string;
  device_id: string;
  content: string;
  number: string | null;
  answer: string;
  certificate: string;
  /** JSON array of PEM texts. */
  chain: string;
  decided_at: number;
}

export interface AuditEventTable {
  chain: string;
  sequence: number;
  id: string;
  at: number;
  event: AuditEventName;
  actor_kind: string;
  actor_id: string | null;
  application_id: string | null;
  subject_id: string | null;
  data: string;
  hash: string;
}

/** The last link of each audit chain; locked by whoever appends. */
export interface AuditHeadTable {
  chain: string;
  sequence: number;
  hash: string;
  /** Proves that the server wrote the other three: nobody without the key can set a chain back. */
  mac: string;
}

export interface Tables {
  installation: InstallationTable;
  applications: ApplicationTable;
  application_images: ApplicationImageTable;
  users: UserTable;
  teams: TeamTable;
  team_members: TeamMemberTable;
  team_policies: TeamPolicyTable;
  onboarding_links: OnboardingLinkTable;
  application_requirements: ApplicationRequirementsTable;
  onboarding_processes: OnboardingProcessTable;
  devices: DeviceTable;
  verification_credentials: VerificationCredentialTable;
  verification_ceremonies: VerificationCeremonyTable;
  push_subscriptions: PushSubscriptionTable;
  vapid_keys: VapidKeyTable;
  certificates: CertificateTable;
  certificate_authorities: CertificateAuthorityTable;
  certificate_sources: CertificateSourceTable;
  certificate_enrolments: CertificateEnrolmentTable;
  authority_requests: AuthorityRequestTable;
  proofs: ProofTable;
  radius_clients: RadiusClientTable;
  radius_client_home_servers: RadiusClientHomeServerTable;
  home_servers: HomeServerTable;
  api_clients: ApiClientTable;
  access_tokens: AccessTokenTable;
  scim_tokens: ScimTokenTable;
  scep_registrars: ScepRegistrarTable;
  scep_profiles: ScepProfileTable;
  scep_challenges: ScepChallengeTable;
  scep_requests: ScepRequestTable;
  user_sources: UserSourceTable;
  user_source_users: UserSourceUserTable;
  user_source_credentials: UserSourceCredentialTable;
  user_source_syncs: UserSourceSyncTable;
  user_source_seen: UserSourceSeenTable;
  directory_records: DirectoryRecordTable;
  openid_providers: OpenidProviderTable;
  openid_provider_users: OpenidProviderUserTable;
  openid_logins: OpenidLoginTable;
  message_gateways: MessageGatewayTable;
  message_rules: MessageRulesTable;
  message_sends: MessageSendTable;
  message_codes: MessageCodeTable;
  setup_links: SetupLinkTable;
  administrators: AdministratorTable;
  administrator_directory: AdministratorDirectoryTable;
  passkeys: PasskeyTable;
  sessions: SessionTable;
  ceremonies: CeremonyTable;
  unreachable_logins: UnreachableLoginTable;
  auth_requests: AuthRequestTable;
  challenges: ChallengeTable;
  evidence: EvidenceTable;
  settings: SettingTable;
  audit_events: AuditEventTable;
  audit_heads: AuditHeadTable;
  nodes: NodeTable;
  counted_hours: CountedHourTable;
  login_hours: LoginHourTable;
  user_imports: UserImportTable;
  user_import_pieces: UserImportPieceTable;
}
