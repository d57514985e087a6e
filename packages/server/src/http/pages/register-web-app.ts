// Serves the web apps of this server, the authenticator and the console, each from the files that its build made.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#platform/problem.ts';
import type { AppFile, AppFiles } from './app-files.ts';
import { layout } from './layout.ts';
import { notBuiltPage } from './not-built-page.ts';

export interface WebApp {
  /** First part of its path: it answers at `{public URL}/{name}/`. */
  readonly name: string;
  readonly files: AppFiles;
  /** What its pages may do beyond running their own scripts and calling their own server (CSP directives). */
  readonly may: readonly string[];
  readonly permissions: string;
}

const noPermissions = 'microphone=(), geolocation=(), payment=(), usb=()';

export const authenticatorApp = (files: AppFiles): WebApp => ({
  name: 'authenticator',
  files,
  // Its one Trusted Types policy is for the address of the service worker.
  may: ["manifest-src 'self'", "worker-src 'self'", 'trusted-types countersign'],
  permissions: `camera=(self), ${noPermissions}`,
});

export const consoleApp = (files: AppFiles): WebApp => ({
  name: 'console',
  files,
  may: ["trusted-types 'none'"],
  permissions: `camera=(), ${noPermissions}`,
});

/** Only what the apps need: their own files and their own server. Nothing is loaded from elsewhere, and nobody may frame them. */
const headersOf = ({ may, permissions }: WebApp) =>
  ({
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      ...may,
    ].join(';'),
    'permissions-policy': permissions,
  }) as const;

const longCache = 'public, max-age=31536000, immutable';
/** Kept, but asked about each time: a new version is seen at once, and an old one costs no bytes. */
const askEachTime = 'no-cache';

/** @param root path of the public URL, without a slash at the end */
export function registerWebApp(app: FastifyInstance, webApp: WebApp, root: string): void {
  const { name, files } = webApp;
  const headers = headersOf(webApp);
  // Not counted: a hundred phones behind one address may open it at once. A file from memory costs bytes but hardly any work; connections
  // are bounded.
  const config = { name, limit: 'none' } as const;
  app.get(`/${name}`, { config, exposeHeadRoute: true }, async (_request, reply) =>
    reply.redirect(`${root}/${name}/`, 302),
  );
  app.get<{ Params: { '*': string } }>(
    `/${name}/*`,
    { config, exposeHeadRoute: true },
    async (request, reply) => {
      if (!files.isBuilt()) return showPage(reply, 503, layout(notBuiltPage(name), root));
      const file = files.find(request.params['*']);
      if (!file) throw new Problem('route_unknown');
      return sendFile(request, reply.headers(headers), file);
    },
  );
}

const showPage = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply.code(status).type('text/html; charset=utf-8').send(page);

function sendFile(request: FastifyRequest, reply: FastifyReply, file: AppFile): FastifyReply {
  const packs = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  reply.headers({
    'cache-control': file.isImmutable ? longCache : askEachTime,
    etag: file.etag,
    vary: 'accept-encoding',
  });
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  reply.type(file.type);
  if (!packs || !file.packed) return reply.send(file.content);
  return reply.header('content-encoding', 'gzip').send(file.packed);
}
