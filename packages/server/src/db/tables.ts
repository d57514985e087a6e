// The tables as both databases hold them: ids and JSON as text, times as epoch milliseconds, flags as 0 or 1.
import type { ApplicationTable, ApplicationImageTable } from './application-tables.ts';
import type { UserTable, TeamTable, TeamPolicyTable, TeamMemberTable } from './user-tables.ts';
import type {
  DeviceTable,
  VerificationCredentialTable,
  VerificationCeremonyTable,
  PushSubscriptionTable,
  VapidKeyTable,
  ProofTable,
} from './device-tables.ts';
import type {
  CertificateTable,
  CertificateAuthorityTable,
  AuthorityRequestTable,
} from './certificate-tables.ts';
import type { RadiusClientTable, RadiusClientHomeServerTable, HomeServerTable } from './radius-tables.ts';
import type { AuthRequestTable, ChallengeTable, EvidenceTable } from './auth-request-tables.ts';
import type { AuditEventTable, AuditHeadTable } from './audit-tables.ts';
import type {
  ApplicationRequirementsTable,
  OnboardingLinkTable,
  OnboardingProcessTable,
} from './onboarding-tables.ts';
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

export interface InstallationTable {
  /** Always 1: there is one installation per database. */
  singleton: 1;
  id: string;
  name: string;
  /** Short name of the master key that this database's secrets are sealed with. */
  key_id: string;
  created_at: number;
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
