// The front page while the console is not built: what answers here, which version, and where to go on.
import { html } from './html.ts';
import type { Page } from './layout.ts';

export const homePage = (root: string, version: string): Page => ({
  title: 'Welcome',
  main: html`<h1>Countersign</h1>
<p>A multi-factor authentication server. Somebody logs in somewhere; the person is asked on the phone; only then the door opens.</p>
<dl>
<dt>For people who log in</dt>
<dd>Your administrator gives you a link or a QR code with which you bind your phone. It leads into the
<a href="${root}/authenticator/">authenticator</a>, where requests arrive.</dd>
<dt>For administrators</dt>
<dd>The console is not built at present (<code>npm run build</code> does it). Everything can be done with the <code>countersign</code>
command on the server and over the <a href="${root}/docs">HTTP API</a> as well.</dd>
<dt>For programs</dt>
<dd><a href="${root}/openapi.json">OpenAPI document</a>, <a href="${root}/docs/problems">errors</a>, <a href="${root}/health/ready">health</a>.</dd>
</dl>
<p class="quiet">Version ${version}</p>`,
});
