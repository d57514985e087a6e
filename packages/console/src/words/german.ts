// German, loaded when it is wanted.
import administrators from './de/administrators.json';
import applications from './de/applications.json';
import shell from './de/shell.json';
import signIn from './de/sign-in.json';

export const german = { ...shell, ...signIn, ...administrators, ...applications };
