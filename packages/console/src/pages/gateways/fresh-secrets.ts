// Shared secrets that were made a moment ago: kept in memory until the page is loaded anew, so that what is shown once can be used on
// the next screens as well, and put into lines of configuration.
import { createStore, useStore } from '@countersign/ui/store.ts';

const secrets = createStore<Readonly<Record<string, string>>>({});

export const keepSecret = (clientId: string, secret: string): void =>
  secrets.change((all) => ({ ...all, [clientId]: secret }));

export function forgetSecret(clientId: string): void {
  secrets.change(({ [clientId]: _, ...others }) => others);
}

export const useFreshSecret = (clientId: string): string | undefined => useStore(secrets)[clientId];

const secretBytes = 24;

/** As strong as those that the server makes, in letters that every gateway takes. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/]/g, (sign) => (sign === '+' ? '-' : '_'));
}
