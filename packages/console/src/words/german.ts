// German, loaded when it is wanted.
import activities from './de/activities.json';
import administrators from './de/administrators.json';
import apiClients from './de/api-clients.json';
import applications from './de/applications.json';
import audit from './de/audit.json';
import catalogues from './de/catalogues.json';
import certificates from './de/certificates.json';
import dashboard from './de/dashboard.json';
import firstRun from './de/first-run.json';
import gateways from './de/gateways.json';
import messages from './de/messages.json';
import onboarding from './de/onboarding.json';
import openid from './de/openid.json';
import reasons from './de/reasons.json';
import requirements from './de/requirements.json';
import scim from './de/scim.json';
import settings from './de/settings.json';
import shell from './de/shell.json';
import signIn from './de/sign-in.json';
import teams from './de/teams.json';
import userSources from './de/user-sources.json';
import users from './de/users.json';
import userFiles from './de/user-files.json';

export const german = {
  ...shell,
  ...signIn,
  ...administrators,
  ...applications,
  ...users,
  ...teams,
  ...userSources,
  ...userFiles,
  ...activities,
  ...certificates,
  ...dashboard,
  ...audit,
  ...settings,
  ...gateways,
  ...apiClients,
  ...firstRun,
  ...scim,
  ...onboarding,
  ...messages,
  ...openid,
  ...reasons,
  ...catalogues,
  ...requirements,
};
