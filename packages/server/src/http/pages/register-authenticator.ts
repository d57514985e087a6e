// Serves the authenticator, an installable web app, at `{public URL}/authenticator/`; and leads onboarding links into it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#platform/problem.ts';
import type { AppFile, AppFiles } from './app-files.ts';
import { layout } from './layout.ts';
import { notBuiltPage } from './not-built-page.ts';
import { onboardPage } from './onboard-page.ts';

/** Only what the app needs: its own files, its own server, and the picture of the camera. Nothing is loaded from elsewhere. */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Its one policy is for the address of the service worker.
    'trusted-types countersign',
  ].join(';'),
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
} as const;

const longCache = 'public, max-age=31536000, immutable';
/** Kept, but asked about each time: a new version is seen at once, and an old one costs no bytes. */
const askEachTime = 'no-cache';

/** @param root path of the public URL, without a slash at the end */
export function registerAuthenticator(app: FastifyInstance, files: AppFiles, root: string): void {
  // Not counted: a hundred phones behind one address may open it at once. A file from memory costs bytes but hardly any work; connections
  // are bounded.
  const config = { name: 'authenticator', limit: 'none' } as const;
  // Browsers carry the fragment, and with it the ticket, along (RFC 9110 10.2.2); it never reaches the server.
  app.get('/onboard', { config: { name: 'page' }, exposeHeadRoute: true }, async (_request, reply) =>
    files.isBuilt()
      ? reply.redirect(`${root}/authenticator/`, 302)
      : showPage(reply, 200, layout(onboardPage(), root)),
  );
  app.get('/authenticator', { config, exposeHeadRoute: true }, async (_request, reply) =>
    reply.redirect(`${root}/authenticator/`, 302),
  );
  app.get<{ Params: { '*': string } }>(
    '/authenticator/*',
    { config, exposeHeadRoute: true },
    async (request, reply) => {
      if (!files.isBuilt()) return showPage(reply, 503, layout(notBuiltPage(), root));
      const file = files.find(request.params['*']);
      if (!file) throw new Problem('route_unknown');
      return sendFile(request, reply, file);
    },
  );
}

const showPage = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply.code(status).type('text/html; charset=utf-8').send(page);

function sendFile(request: FastifyRequest, reply: FastifyReply, file: AppFile): FastifyReply {
  const packs = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  reply.headers({
    ...headers,
    'cache-control': file.isImmutable ? longCache : askEachTime,
    etag: file.etag,
    vary: 'accept-encoding',
  });
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  reply.type(file.type);
  if (!packs || !file.packed) return reply.send(file.content);
  return reply.header('content-encoding', 'gzip').send(file.packed);
}
