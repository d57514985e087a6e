// The cookie that carries an administrator's session, and who may use it: only pages of our own origin.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#platform/problem.ts';

export interface SessionCookie {
  readonly name: string;
  /**
   * The token that a call brings. A call with an Authorization header never uses the cookie.
   * @throws Problem forbidden when it does not come from a page of ours
   */
  read(request: FastifyRequest): string | undefined;
  /** @throws Problem forbidden when another site's page makes the call, cookie or not: it must not sign anybody in. */
  refuseOtherSites(request: FastifyRequest): void;
  write(reply: FastifyReply, token: string): void;
  clear(reply: FastifyReply): void;
}

/** Browsers take `__Host-` only over https, from the host itself and for the whole of it (RFC 6265bis 4.1.3.2). */
export function sessionCookie(publicUrl: string): SessionCookie {
  const { origin, protocol, pathname } = new URL(publicUrl);
  const isSecure = protocol === 'https:';
  const isWhole = pathname === '/';
  const name = isSecure && isWhole ? '__Host-countersign' : 'countersign';
  const attributes = { httpOnly: true, sameSite: 'strict', secure: isSecure, path: pathname } as const;

  const refuseOtherSites = ({ headers }: FastifyRequest): void => {
    const isOther = headers.origin !== undefined && headers.origin !== origin;
    if (isOther || headers['sec-fetch-site'] === 'cross-site')
      throw new Problem('forbidden', `the call must come from a page of ${origin}`);
  };
  return {
    name,
    refuseOtherSites,
    read(request) {
      const token = request.cookies[name];
      if (token === undefined || request.headers.authorization !== undefined) return undefined;
      refuseOtherSites(request);
      // Every browser sends it with what is no GET (Fetch 3.2); what does not is no browser, or one of long ago.
      if (request.method !== 'GET' && request.headers.origin === undefined)
        throw new Problem('forbidden', `a call with a session needs the header Origin: ${origin}`);
      return token;
    },
    write: (reply, token) => void reply.setCookie(name, token, attributes),
    clear: (reply) => void reply.clearCookie(name, attributes),
  };
}
