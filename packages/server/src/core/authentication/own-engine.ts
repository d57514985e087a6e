// The engine of this process: what its own doors and database decide.
import { authenticate, continueLogin } from './authenticate.ts';
import type { LoginDeps } from './begin-login.ts';
import type { LoginEngine } from './login-engine.ts';
import { relayLogin } from './relay-login.ts';

export const engineOf = (logins: LoginDeps): LoginEngine => ({
  authenticate: (login, on) => authenticate(logins, login, on),
  continueLogin: (login, on) => continueLogin(logins, login, on),
  relay: (relayed, signal) => relayLogin(logins, relayed, signal),
});
