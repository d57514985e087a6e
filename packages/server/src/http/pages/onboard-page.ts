// Where an onboarding link leads in a plain browser. The ticket stands in the fragment, which neither the server nor this page reads.
import { html } from './html.ts';
import type { Page } from './layout.ts';

export const onboardPage = (): Page => ({
  title: 'Bind your phone',
  main: html`<h1>Bind your phone</h1>
<p>This link binds one device to your account. It works once, and only for a while.</p>
<ol>
<li>Open your authenticator on the device that you want to use.</li>
<li>Scan the QR code you were given, or copy the whole address of this page into the authenticator.</li>
<li>Check that it shows your name and the right application, and confirm.</li>
</ol>
<p class="warn">Whoever has this link can bind a device in your name. Do not pass it on. If the authenticator says that the link is
not valid, it was used or has expired: ask your administrator for a new one, and say so if you have not used it yourself.</p>`,
});
