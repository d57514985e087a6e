// German, loaded when it is wanted.
import administrators from './de/administrators.json';
import apiClients from './de/api-clients.json';
import applications from './de/applications.json';
import firstRun from './de/first-run.json';
import gateways from './de/gateways.json';
import reasons from './de/reasons.json';
import shell from './de/shell.json';
import signIn from './de/sign-in.json';
import users from './de/users.json';

export const german = {
  ...shell,
  ...signIn,
  ...administrators,
  ...applications,
  ...users,
  ...gateways,
  ...apiClients,
  ...firstRun,
  ...reasons,
};
