// How an administrator gets into the console over HTTP. What these handlers have in common is the cookie.
import { beginSetupPasskey } from '#core/administrators/new-passkey.ts';
import { inspectSetupLink } from '#core/administrators/setup-link.ts';
import { useSetupLink } from '#core/administrators/use-setup-link.ts';
import { signInByPassword } from '#core/sign-in/sign-in-by-password.ts';
import { beginPasskeySignIn, signInByPasskey } from '#core/sign-in/sign-in-by-passkey.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Browser, Handlers } from './register-route.ts';

type Names =
  | 'inspectSetupLink'
  | 'beginSetupPasskey'
  | 'useSetupLink'
  | 'signInByPassword'
  | 'beginPasskeySignIn'
  | 'signInByPasskey';

/** The browser keeps what it has when there is no other token. */
export function remember<T extends { readonly token: string | null }>(browser: Browser, made: T): T {
  if (made.token !== null) browser.remember(made.token);
  return made;
}

export const sessionHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  inspectSetupLink: ({ body }) => inspectSetupLink(deps, body.token),
  beginSetupPasskey: ({ body }) => beginSetupPasskey(deps, body),
  useSetupLink: async ({ browser, body }) =>
    remember(browser, await useSetupLink(deps, browser, body)).session,
  signInByPassword: async ({ browser, body }) =>
    remember(browser, await signInByPassword(deps, browser, browser.token, body)).answer,
  beginPasskeySignIn: ({ browser }) => beginPasskeySignIn(deps, browser.token),
  signInByPasskey: async ({ browser, body }) =>
    remember(browser, await signInByPasskey(deps, browser, browser.token, body)).session,
});
