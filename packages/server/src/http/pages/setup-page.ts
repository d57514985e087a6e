// The setup link: one button makes the first API client. Opening the page does nothing, since mail scanners and chat previews open links.
import { html, type Html } from './html.ts';
import type { Page } from './layout.ts';

export const setupPage = (root: string, token: string): Page => ({
  title: 'Set up',
  main: html`<h1>Set up this server</h1>
<p>This makes the first API client, which may do everything, and shows its secret once. The link works once.</p>
<form method="post" action="${root}/setup">
<input type="hidden" name="token" value="${token}">
<p><button type="submit">Make the first API client</button></p>
</form>
<p class="quiet">On the server itself nothing of this is needed: the <code>countersign</code> command works there at once.</p>`,
});

export const setupRefusedPage = (): Page => ({
  title: 'The setup link is not valid',
  main: html`<h1>The setup link is not valid</h1>
<p>It was used, has expired, or was not copied as a whole. This command on the server prints a new one:</p>
<pre>npx countersign setup-link</pre>
<p class="warn">If you have not used it yourself, somebody else may have: look at <code>npx countersign audit list</code> and
<code>npx countersign api-clients list</code>.</p>`,
});

export interface FirstApiClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const setupDonePage = (publicUrl: string, { clientId, clientSecret }: FirstApiClient): Page => ({
  title: 'Set up',
  main: html`<h1>The first API client</h1>
<p class="warn">The secret is shown this once. Keep it like a password.</p>
<h2>Client ID</h2>
${copyable(clientId)}
<h2>Client secret</h2>
${copyable(clientSecret)}
<h2>Get an access token</h2>
<p>The secret is asked for, so that it stays out of the shell’s history.</p>
${copyable(`curl -u ${clientId} -d grant_type=client_credentials ${publicUrl}/v1/oauth/token`)}
<h2>Next steps</h2>
<p>On the server, in the directory it was started from:</p>
${copyable('npx countersign applications create --name VPN')}
${copyable('npx countersign users create --application VPN --username alice --password-prompt')}
${copyable('npx countersign onboarding-links create --application VPN --username alice')}
${copyable('npx countersign radius-clients create --application VPN --name gateway --network 192.0.2.1')}
<p>The onboarding link leads into the <a href="${publicUrl}/authenticator/">authenticator</a>: open it on the user’s phone, or in a browser
here to try it. Each command says what else it can do with <code>--help</code>. The same over HTTP: <a href="${publicUrl}/docs">API reference</a>.</p>`,
});

/** Selected as a whole with one click (CSS user-select), since there is no script to copy it. */
const copyable = (text: string): Html => html`<pre tabindex="0">${text}</pre>`;
