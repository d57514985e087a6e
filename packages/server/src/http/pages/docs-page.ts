// The API reference for people, rendered from the same declarations as the OpenAPI document. Plain HTML: the content security
// policy allows no script, which the usual viewers need.
import { problemKinds } from '@countersign/contract/problems.ts';
import { commonProblems, type Route } from '@countersign/contract/route.ts';
import { routes } from '@countersign/contract/routes.ts';
import { scopes } from '@countersign/contract/scopes.ts';
import type { Json } from '../openapi.ts';
import { type Html, html, nothing } from './html.ts';
import type { Page } from './layout.ts';
import { type Model, schemaTable, shapeOf } from './schema-table.ts';

interface Operation {
  readonly parameters?: readonly {
    name: string;
    in: string;
    required: boolean;
    description?: string;
    schema: Model;
  }[];
  readonly requestBody?: { content: Record<string, { schema: Model }> };
  readonly responses: Record<string, { content?: Record<string, { schema: Model }> }>;
}

/** @param document what `buildOpenApi` returned. */
export function docsPage(root: string, document: Json): Page {
  const paths = document.paths as Record<string, Record<string, Operation>>;
  const { schemas } = document.components as { schemas: Record<string, Model> };
  const all = Object.entries<Route>(routes);
  const tags = [...Map.groupBy(all, ([, { tag }]) => tag)];
  return {
    title: 'API reference',
    wide: true,
    main: html`<h1>API reference</h1>
<p>${String((document.info as { description: string }).description).replaceAll('`', '')}
For programs: <a href="${root}/openapi.json">openapi.json</a>. <a href="${root}/docs/problems">All errors</a>.</p>
<nav aria-label="Contents"><ul class="contents">
${tags.map(
  ([tag, its]) => html`<li><a href="#${slug(tag)}">${tag}</a><ul>
${its.map(
  ([name, route]) => html`<li><a href="#${name}">${route.summary}</a></li>
`,
)}</ul></li>
`,
)}<li><a href="#models">Models</a></li></ul></nav>
${tags.map(
  ([tag, its]) => html`<section aria-labelledby="${slug(tag)}"><h2 id="${slug(tag)}">${tag}</h2>
${its.map(([name, route]) => routeSection(name, route, paths[route.path]?.[route.method.toLowerCase()], root))}</section>
`,
)}<section aria-labelledby="models"><h2 id="models">Models</h2>
${Object.entries(schemas).map(
  ([name, schema]) => html`<h3 id="model-${name}">${name}</h3>${schemaTable(schema)}
`,
)}</section>`,
  };
}

function routeSection(name: string, route: Route, operation: Operation | undefined, root: string): Html {
  if (!operation) return nothing;
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const success = Object.values(operation.responses[route.success.status]?.content ?? {})[0]?.schema;
  const common = new Set(commonProblems(route));
  const own = route.problems.filter((code) => !common.has(code));
  return html`<div class="route"><h3 id="${name}">${route.summary}</h3>
<p><code><span class="method">${route.method}</span> ${route.path}</code></p>
${route.description === undefined ? nothing : html`<p>${route.description}</p>`}
<p class="quiet">${callerText(route)}</p>
${parameterTable(operation)}
${route.file ? html`<p>Body: ${route.file.types.join(', ')}</p>` : nothing}
${body ? html`<p>Body (${route.bodyType ?? 'JSON'}): ${shapeOf(body)}</p>${body.properties ? schemaTable(body) : nothing}` : nothing}
<p>Answers ${route.success.status}${success ? html` with ${shapeOf(success)}` : nothing}.</p>
${own.length === 0 ? nothing : html`<p>Refused with ${own.map((code) => html`<a href="${root}/docs/problems#${code}"><code>${code}</code></a> (${problemKinds[code].status}) `)}</p>`}
</div>
`;
}

function callerText({ caller }: Route): string {
  switch (caller.kind) {
    case 'public':
      return 'Needs no authentication.';
    case 'api_client':
      return `Access token with scope ${caller.scope}: ${scopes[caller.scope]}`;
    case 'administrator':
      return 'An administrator signed in to the console.';
    case 'device':
      return 'Proof of possession by a device.';
    case 'new_device':
      return 'Proof of possession by the key of the new device.';
  }
}

function parameterTable({ parameters = [] }: Operation): Html {
  if (parameters.length === 0) return nothing;
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Parameter</th><th scope="col">In</th><th scope="col">Is</th></tr></thead>
<tbody>${parameters.map(
    (
      each,
    ) => html`<tr><th scope="row"><code>${each.name}</code></th><td>${each.in}${each.required ? '' : ', optional'}</td>
<td>${shapeOf(each.schema)} ${each.description ?? ''}</td></tr>
`,
  )}</tbody></table></div>`;
}

const slug = (text: string): string => `tag-${text.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
