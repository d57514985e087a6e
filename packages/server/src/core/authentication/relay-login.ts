// Passes a login on to the home servers and brings their answer back, where the administrator wants nothing more: no user is looked up,
// nobody is asked, and nothing but counters remembers it.
import type { StopSignal } from '#platform/stop-signal.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import { acceptRelayed, type Outcome } from './outcome.ts';

export interface Relayed {
  /** Must ask the home servers: nobody else has a say here. */
  readonly homeServers: FirstFactorCheck;
  readonly applicationEnabled: boolean;
  /** False while its logins are closed. */
  readonly authorises: boolean;
}

export interface RelayDeps {
  /** False once the server drains before it stops. */
  readonly acceptsLogins: () => boolean;
}

export async function relayLogin(
  { acceptsLogins }: RelayDeps,
  { homeServers, applicationEnabled, authorises }: Relayed,
  signal: StopSignal,
): Promise<Outcome> {
  if (!applicationEnabled) return { kind: 'rejected', requestId: null, reason: 'application_disabled' };
  if (!authorises) return { kind: 'rejected', requestId: null, reason: 'authorisation_closed' };
  if (!acceptsLogins()) return { kind: 'rejected', requestId: null, reason: 'shutting_down' };
  const result = await homeServers(undefined, signal);
  switch (result.kind) {
    case 'verified':
      return acceptRelayed(result);
    case 'asks':
      return { kind: 'first_factor_asks', doorData: result.doorData };
    case 'refused': {
      const { reason, doorData } = result;
      return { kind: 'rejected', requestId: null, reason, ...(doorData && { doorData }) };
    }
  }
}
