// Logins that the server plays itself, among all others: what the engine decided about one of them, and that one will get no answer.
import type { Endpoint, RadiusServerEvent } from '@countersign/radius';
import type { DoorOutcome } from '#core/authentication/login-engine.ts';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';

export interface PlayedLogin {
  decided(outcome: DoorOutcome): void;
  /** There will be no answer. */
  dropped(): void;
}

export interface PlayedLogins {
  /** Known by the listener that its packet was handed over with, the very object. @returns forgets it */
  begin(listener: Endpoint, login: PlayedLogin): () => void;
  decided(listener: Endpoint, outcome: DoorOutcome): void;
  observe(event: RadiusServerEvent<LoadedRadiusClient>): void;
}

export function createPlayedLogins(): PlayedLogins {
  const running = new Map<Endpoint, PlayedLogin>();
  return {
    begin(listener, login) {
      running.set(listener, login);
      return () => void running.delete(listener);
    },
    decided(listener, outcome) {
      if (running.size > 0) running.get(listener)?.decided(outcome);
    },
    observe({ kind, listener }) {
      if (running.size > 0 && kind !== 'request' && kind !== 'reply') running.get(listener)?.dropped();
    },
  };
}
