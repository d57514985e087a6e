// Every error code with what it means; the `type` of each problem document leads here.
import { type ProblemCode, problemKinds } from '@countersign/contract/problems.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';

export const problemsPage = (): Page => ({
  title: 'Errors',
  wide: true,
  main: html`<h1>Errors</h1>
<p>Errors are problem documents (RFC 9457) with a stable <code>code</code>.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Errors">
<table>
<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead>
<tbody>
${(Object.keys(problemKinds) as ProblemCode[]).map(
  (
    code,
  ) => html`<tr id="${code}"><th scope="row"><code>${code}</code></th><td>${problemKinds[code].status}</td>
<td>${problemKinds[code].title}. ${problemKinds[code].description}</td></tr>
`,
)}</tbody>
</table>
</div>`,
});
