// Headers that tell a browser to do nothing with our answers but show them: no script, no framing, no sniffing, no referrer.
import type { FastifyHelmetOptions } from '@fastify/helmet';

const oneYearSeconds = 31_536_000;

export function securityHeaders(publicUrl: string): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // Over plain http the header means nothing (RFC 6797 7.2). Other hosts of the domain are not ours to decide on.
    strictTransportSecurity: publicUrl.startsWith('https://')
      ? { maxAge: oneYearSeconds, includeSubDomains: false }
      : false,
  };
}
