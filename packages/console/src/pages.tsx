// The page behind each address. A new page is one line here and one in router/paths.ts.
import type { ComponentType } from 'preact';
import type { CallName } from './api/send.ts';
import { ActivitiesPage, ApplicationActivitiesPage } from './pages/activities/activities-page.tsx';
import { ActivityPage } from './pages/activities/activity-page.tsx';
import { AdministratorPage } from './pages/administrators/administrator-page.tsx';
import { AdministratorsPage } from './pages/administrators/administrators-page.tsx';
import { ApiClientsPage } from './pages/api-clients/api-clients-page.tsx';
import { ApplicationPage } from './pages/applications/application-page.tsx';
import { ApplicationSettingsPage } from './pages/applications/application-settings-page.tsx';
import { ApplicationsPage } from './pages/applications/applications-page.tsx';
import { AuditPage } from './pages/audit/audit-page.tsx';
import { CertificatesPage } from './pages/certificates/certificates-page.tsx';
import { ScepPage } from './pages/certificates/scep-page.tsx';
import { DashboardPage } from './pages/dashboard/dashboard-page.tsx';
import { ApprovalsPage } from './pages/onboarding/approvals-page.tsx';
import { ProcessesPage } from './pages/onboarding/processes-page.tsx';
import { OpenidProvidersPage } from './pages/openid/openid-providers-page.tsx';
import { OpenidTestPage } from './pages/openid/openid-test-page.tsx';
import { RequirementsPage } from './pages/onboarding/requirements-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';
import { FirstRunPage } from './pages/first-run/first-run-page.tsx';
import { HomeServersPage } from './pages/gateways/home-servers-page.tsx';
import { RadiusClientPage } from './pages/gateways/radius-client-page.tsx';
import { RadiusClientsPage } from './pages/gateways/radius-clients-page.tsx';
import { MailPage, SmsPage } from './pages/messages/channel-page.tsx';
import { ScimPage } from './pages/scim/scim-page.tsx';
import { SetupPage } from './pages/sign-in/setup-page.tsx';
import { UserByIdPage, UserPage } from './pages/users/user-page.tsx';
import { TeamsPage } from './pages/teams/teams-page.tsx';
import { UserSourcesPage } from './pages/user-sources/user-sources-page.tsx';
import { ImportPage } from './pages/users/import-page.tsx';
import { AllUsersPage, UsersPage } from './pages/users/users-page.tsx';
import { YourSignInPage } from './pages/your-sign-in/your-sign-in-page.tsx';
import type { PageName, ParamsOf } from './router/paths.ts';

interface PageOf<P extends PageName> {
  readonly show: ComponentType<ParamsOf<P>>;
  /** Whoever may not call this sees why instead of the page. */
  readonly needs?: CallName;
  /** For people who are not signed in. */
  readonly isOpen?: true;
}

export const pages: { readonly [P in PageName]: PageOf<P> } = {
  setup: { show: SetupPage, isOpen: true },
  invitation: { show: SetupPage, isOpen: true },
  applications: { show: ApplicationsPage, needs: 'listApplications' },
  application: { show: ApplicationPage, needs: 'getApplication' },
  requirements: { show: RequirementsPage, needs: 'getRequirements' },
  onboardingActivities: { show: ProcessesPage, needs: 'listOnboardingProcesses' },
  approvals: { show: ApprovalsPage, needs: 'listOnboardingProcesses' },
  provisioning: { show: ScimPage, needs: 'listScimTokens' },
  applicationSettings: { show: ApplicationSettingsPage, needs: 'getApplication' },
  teams: { show: TeamsPage, needs: 'listTeams' },
  userSources: { show: UserSourcesPage, needs: 'listUserSources' },
  openidProviders: { show: OpenidProvidersPage, needs: 'listOpenidProviders' },
  openidTest: { show: OpenidTestPage, needs: 'finishOpenidTestLogin' },
  users: { show: UsersPage, needs: 'listUsers' },
  usersFile: { show: ImportPage, needs: 'createUserImport' },
  allUsers: { show: AllUsersPage, needs: 'listUsers' },
  user: { show: UserPage, needs: 'getUser' },
  userById: { show: UserByIdPage, needs: 'getUser' },
  applicationActivities: { show: ApplicationActivitiesPage, needs: 'listActivity' },
  activities: { show: ActivitiesPage, needs: 'listActivity' },
  activity: { show: ActivityPage, needs: 'getActivity' },
  dashboard: { show: DashboardPage, needs: 'getOverview' },
  audit: { show: AuditPage, needs: 'listAuditEvents' },
  settings: { show: SettingsPage, needs: 'listSettings' },
  firstRun: { show: FirstRunPage, needs: 'createApplication' },
  radiusClients: { show: RadiusClientsPage, needs: 'listRadiusClients' },
  radiusClient: { show: RadiusClientPage, needs: 'getRadiusClient' },
  certificates: { show: CertificatesPage, needs: 'listAuthorities' },
  scep: { show: ScepPage, needs: 'listScepProfiles' },
  homeServers: { show: HomeServersPage, needs: 'listHomeServers' },
  sms: { show: SmsPage, needs: 'listSmsGateways' },
  mail: { show: MailPage, needs: 'listMailGateways' },
  apiClients: { show: ApiClientsPage, needs: 'listApiClients' },
  administrators: { show: AdministratorsPage, needs: 'listAdministrators' },
  administrator: { show: AdministratorPage, needs: 'getAdministrator' },
  yourSignIn: { show: YourSignInPage },
};
