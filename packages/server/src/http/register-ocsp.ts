// Binds the OCSP responder (RFC 6960 appendix A): its own media types, POST with a body and GET with the request in the path.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { statusPath } from '#core/certificates/public-places.ts';
import { maxOcspRequestBytes } from '#core/certificates/ocsp-request.ts';
import { createOcspResponder, type OcspDeps } from '#core/certificates/ocsp-responder.ts';
import { Problem } from '#platform/problem.ts';
import { pathOf } from './request-target.ts';

const requestType = 'application/ocsp-request';
const responseType = 'application/ocsp-response';
/** RFC 5019 5: how long whoever is in between may keep an answer. */
const kept = 'public, no-transform, must-revalidate, max-age=60';

export function registerOcsp(app: FastifyInstance, deps: OcspDeps): void {
  const responder = createOcspResponder(deps);
  const config = { name: 'ocsp', limit: 'open' } as const;
  const send = async (reply: FastifyReply, request: Uint8Array) =>
    reply.type(responseType).send(Buffer.from(await responder.answer(request)));
  void app.register(
    async (scope) => {
      scope.addContentTypeParser(requestType, { parseAs: 'buffer' }, (_request, body, done) =>
        done(null, body),
      );
      scope.post('/', { config, bodyLimit: maxOcspRequestBytes }, (request, reply) => {
        if (!Buffer.isBuffer(request.body))
          throw new Problem('unsupported_media_type', `send ${requestType}`);
        return send(reply, request.body);
      });
      // Base64 has slashes, and clients escape them or not.
      scope.get('/*', { config }, (request, reply) => {
        const encoded = pathOf(request.url).slice(statusPath.length + 1);
        return send(reply.header('cache-control', kept), fromPath(encoded));
      });
    },
    { prefix: statusPath },
  );
}

/** Nothing when it cannot be read: the responder says `malformedRequest`. */
function fromPath(encoded: string): Buffer {
  try {
    return Buffer.from(decodeURIComponent(encoded), 'base64');
  } catch {
    return Buffer.alloc(0);
  }
}
