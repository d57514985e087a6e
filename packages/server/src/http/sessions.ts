// How an administrator gets into the console over HTTP. What these handlers have in common is the cookie.
import { beginSetupPasskey } from '#core/administrators/new-passkey.ts';
import { inspectSetupLink } from '#core/administrators/setup-link.ts';
import { useSetupLink } from '#core/administrators/use-setup-link.ts';
import { askPhone } from '#core/sign-in/ask-phone.ts';
import { awaitPhone, findPhoneWait } from '#core/sign-in/await-phone.ts';
import { signInByPassword } from '#core/sign-in/sign-in-by-password.ts';
import { beginPasskeySignIn, signInByPasskey } from '#core/sign-in/sign-in-by-passkey.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { whileWaiting } from './enter-wait.ts';
import type { Browser, Handlers } from './register-route.ts';

type Names =
  | 'inspectSetupLink'
  | 'beginSetupPasskey'
  | 'useSetupLink'
  | 'signInByPassword'
  | 'beginPasskeySignIn'
  | 'signInByPasskey'
  | 'askPhone'
  | 'awaitPhone';

/** The browser keeps what it has when there is no other token. */
function remember<T extends { readonly token: string | null }>(browser: Browser, made: T): T {
  if (made.token !== null) browser.remember(made.token);
  return made;
}

export const sessionHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  inspectSetupLink: ({ body }) => inspectSetupLink(deps, body.token),
  beginSetupPasskey: ({ body }) => beginSetupPasskey(deps, body),
  useSetupLink: async ({ browser, body }) =>
    remember(browser, await useSetupLink(deps, browser, body, browser.token)).session,
  signInByPassword: async ({ browser, body }) =>
    remember(browser, await signInByPassword(deps, browser, browser.token, body)).answer,
  beginPasskeySignIn: ({ browser }) => beginPasskeySignIn(deps, browser.token),
  signInByPasskey: async ({ browser, body }) =>
    remember(browser, await signInByPasskey(deps, browser, browser.token, body)).session,
  askPhone: ({ browser, signal }) => askPhone(deps, browser, browser.token, signal),
  awaitPhone: async ({ browser, signal }) => {
    const wait = await findPhoneWait(deps, browser, browser.token);
    const { id } = wait.live.administrator;
    const answered = await whileWaiting(edge, { kind: 'administrator', id }, () =>
      awaitPhone(deps, browser, wait, signal),
    );
    return remember(browser, answered).answer;
  },
});
