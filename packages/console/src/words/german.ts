// German, loaded when it is wanted.
import administrators from './de/administrators.json';
import applications from './de/applications.json';
import reasons from './de/reasons.json';
import shell from './de/shell.json';
import signIn from './de/sign-in.json';
import users from './de/users.json';

export const german = { ...shell, ...signIn, ...administrators, ...applications, ...users, ...reasons };
