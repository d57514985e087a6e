// Every route of HTTP API version 1.
import { apiClientsRoutes } from './routes/api-clients.ts';
import { applicationsRoutes } from './routes/applications.ts';
import { authRequestsRoutes } from './routes/auth-requests.ts';
import { certificatesRoutes } from './routes/certificates.ts';
import { authenticatorRoutes } from './routes/device-protocol.ts';
import { devicesRoutes } from './routes/devices.ts';
import { onboardingRoutes } from './routes/onboarding.ts';
import { onboardingDeviceRoutes } from './routes/onboarding-device.ts';
import { radiusRoutes } from './routes/radius.ts';
import { administratorDirectoryRoutes } from './routes/administrator-directory.ts';
import { administratorsRoutes } from './routes/administrators.ts';
import { overviewRoutes } from './routes/overview.ts';
import { sessionsRoutes } from './routes/sessions.ts';
import { settingsRoutes } from './routes/settings.ts';
import { remoteProxiesRoutes } from './routes/remote-proxies.ts';
import { scepRoutes } from './routes/scep.ts';
import { scimTokensRoutes } from './routes/scim-tokens.ts';
import { mailRoutes } from './routes/mail.ts';
import { smsRoutes } from './routes/sms.ts';
import { teamsRoutes } from './routes/teams.ts';
import { tokensRoutes } from './routes/tokens.ts';
import { openidProvidersRoutes } from './routes/openid-providers.ts';
import { userSourcesRoutes } from './routes/user-sources.ts';
import { userFilesRoutes } from './routes/user-files.ts';
import { usersRoutes } from './routes/users.ts';

export const routes = {
  ...tokensRoutes,
  ...applicationsRoutes,
  ...usersRoutes,
  ...teamsRoutes,
  ...userSourcesRoutes,
  ...openidProvidersRoutes,
  ...userFilesRoutes,
  ...devicesRoutes,
  ...onboardingRoutes,
  ...radiusRoutes,
  ...apiClientsRoutes,
  ...scimTokensRoutes,
  ...scepRoutes,
  ...authRequestsRoutes,
  ...remoteProxiesRoutes,
  ...authenticatorRoutes,
  ...onboardingDeviceRoutes,
  ...certificatesRoutes,
  ...sessionsRoutes,
  ...administratorsRoutes,
  ...administratorDirectoryRoutes,
  ...overviewRoutes,
  ...settingsRoutes,
  ...smsRoutes,
  ...mailRoutes,
};
export type RouteName = keyof typeof routes;
