// Binds the pages for people, the stylesheet, the OpenAPI document and the web apps. No page needs a session and none has a script.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Edge } from '../edge.ts';
import { buildOpenApi } from '../openapi.ts';
import type { AppFiles } from './app-files.ts';
import { docsPage } from './docs-page.ts';
import { homePage } from './home-page.ts';
import { layout, type Page } from './layout.ts';
import { problemsPage } from './problems-page.ts';
import { registerOpenidCallback } from './openid-callback.ts';
import { onboardPage } from './onboard-page.ts';
import { authenticatorApp, consoleApp, registerWebApp } from './register-web-app.ts';

export interface PagesDeps {
  readonly version: string;
  /** What the build of the authenticator made. */
  readonly authenticator: AppFiles;
  /** What the build of the console made. */
  readonly console: AppFiles;
}

const assets = [
  { file: 'countersign.css', type: 'text/css; charset=utf-8' },
  { file: 'countersign.svg', type: 'image/svg+xml' },
] as const;

export function registerPages(app: FastifyInstance, edge: Edge, deps: PagesDeps): void {
  const root = new URL(edge.publicUrl).pathname.replace(/\/$/, '');
  const openApi = buildOpenApi({ serverUrl: edge.publicUrl, version: deps.version });
  const fixed: Readonly<Record<string, Page>> = {
    '/docs': docsPage(root, openApi),
    '/docs/problems': problemsPage(),
  };
  for (const [url, page] of Object.entries(fixed)) {
    const text = layout(page, root);
    serve(app, url, 'text/html; charset=utf-8', text);
  }
  serve(app, '/openapi.json', 'application/json; charset=utf-8', JSON.stringify(openApi));
  for (const { file, type } of assets)
    serve(
      app,
      `/assets/${file}`,
      type,
      readFileSync(join(import.meta.dirname, file)),
      'public, max-age=3600',
    );
  registerWebApp(app, authenticatorApp(deps.authenticator), root);
  registerWebApp(app, consoleApp(deps.console), root);
  registerOpenidCallback(app, root);
  // Browsers carry the fragment, and with it the ticket, along (RFC 9110 10.2.2); it never reaches the server.
  leadInto(app, '/onboard', `${root}/authenticator/`, deps.authenticator, layout(onboardPage(), root));
  leadInto(app, '/', `${root}/console/`, deps.console, layout(homePage(root, deps.version), root));
}

/** Into a web app; a page while it is not built. */
function leadInto(app: FastifyInstance, url: string, target: string, files: AppFiles, page: string): void {
  app.get(url, { config: { name: 'page' }, exposeHeadRoute: true }, async (_request, reply) =>
    files.isBuilt() ? reply.redirect(target, 302) : reply.type('text/html; charset=utf-8').send(page),
  );
}

function serve(
  app: FastifyInstance,
  url: string,
  type: string,
  content: string | Buffer,
  cache?: string,
): void {
  app.get(url, { config: { name: 'page' }, exposeHeadRoute: true }, async (_request, reply) => {
    if (cache !== undefined) reply.header('cache-control', cache);
    return reply.type(type).send(content);
  });
}
