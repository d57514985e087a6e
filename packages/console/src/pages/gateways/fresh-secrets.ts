// Shared secrets that were made a moment ago: kept in memory for half an hour at most, so that what is shown once can be used on the next
// screens as well, and put into lines of configuration.
import { createStore, useStore } from '@countersign/ui/store.ts';
import { isSignedOut, sessionState } from '../../api/session.ts';

const secrets = createStore<Readonly<Record<string, string>>>({});

/** Longer than a gateway takes to set up. */
const keptMs = 1_800_000;

export function keepSecret(clientId: string, secret: string): void {
  secrets.change((all) => ({ ...all, [clientId]: secret }));
  setTimeout(() => {
    // Another one may have been made meanwhile.
    if (secrets.get()[clientId] === secret) forgetSecret(clientId);
  }, keptMs);
}

/** The page waits for whoever was here; what opens a door does not. */
sessionState.follow(() => {
  if (isSignedOut()) secrets.change(() => ({}));
});

export function forgetSecret(clientId: string): void {
  secrets.change(({ [clientId]: _, ...others }) => others);
}

export const freshSecret = (clientId: string): string | undefined => secrets.get()[clientId];

export const useFreshSecret = (clientId: string): string | undefined => useStore(secrets)[clientId];

const secretBytes = 24;

/** As strong as those that the server makes, in letters that every gateway takes. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/]/g, (sign) => (sign === '+' ? '-' : '_'));
}
