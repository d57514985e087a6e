// Where an onboarding link leads while the authenticator is not built. The ticket stands in the fragment, which neither the server nor
// this page reads.
import { html } from './html.ts';
import type { Page } from './layout.ts';

export const onboardPage = (): Page => ({
  title: 'Bind your phone',
  main: html`<h1>Bind your phone</h1>
<p>This link binds one device to your account. It works once, and only for a while.</p>
<p>The authenticator of this server is not built at present (<code>npm run build</code> does it). Tell your administrator, and open this
link again afterwards; it has not been used.</p>
<p>Another authenticator that speaks the device protocol takes the whole address of this page.</p>
<p class="warn">Whoever has this link can bind a device in your name. Do not pass it on. If the authenticator says that the link is
not valid, it was used or has expired: ask your administrator for a new one, and say so if you have not used it yourself.</p>`,
});
