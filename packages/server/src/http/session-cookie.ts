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

/**
 * Browsers take `__Host-` only over https, from the host itself and for the whole of it (RFC 6265bis 4.1.3.2). Below a path the name has the
 * path in it: browsers send the cookies of all paths above, too, and those of another installation must not be taken for ours.
 */
function cookieName({ protocol, pathname }: URL): string {
  const isSecure = protocol === 'https:';
  if (pathname === '/') return isSecure ? '__Host-countersign' : 'countersign';
  return `${isSecure ? '__Secure-' : ''}countersign${pathname.replace(/[^A-Za-z0-9]+/g, '_')}`;
}

/** How often a cookie is named in the header: the parser keeps the first only. */
const timesGiven = (header: string | undefined, name: string): number =>
  (header ?? '').split(';').filter((pair) => pair.trim().startsWith(`${name}=`)).length;

/** What a browser says of a page of ours, of an address that somebody typed, and what programs leave out (Fetch Metadata 2.4). */
const ownSites: readonly unknown[] = ['same-origin', 'none', undefined];

export function sessionCookie(publicUrl: string): SessionCookie {
  const url = new URL(publicUrl);
  const name = cookieName(url);
  const attributes = {
    httpOnly: true,
    sameSite: 'strict',
    secure: url.protocol === 'https:',
    path: url.pathname,
  } as const;

  const refuseOtherSites = ({ headers }: FastifyRequest): void => {
    const isOther = headers.origin !== undefined && headers.origin !== url.origin;
    // SameSite lets other hosts of the domain through: they are no pages of ours either.
    if (isOther || !ownSites.includes(headers['sec-fetch-site']))
      throw new Problem('forbidden', `the call must come from a page of ${url.origin}`);
  };
  return {
    name,
    refuseOtherSites,
    read(request) {
      const token = request.cookies[name];
      if (token === undefined || request.headers.authorization !== undefined) return undefined;
      refuseOtherSites(request);
      // We set one. Whoever planted the other, at a longer path of the host, would choose who is signed in.
      if (timesGiven(request.headers.cookie, name) > 1)
        throw new Problem(
          'forbidden',
          `the browser has the cookie ${name} twice: delete the cookies of this host`,
        );
      // Every browser sends it with what is no GET (Fetch 3.2); what does not is no browser, or one of long ago.
      if (request.method !== 'GET' && request.headers.origin === undefined)
        throw new Problem('forbidden', `a call with a session needs the header Origin: ${url.origin}`);
      return token;
    },
    write: (reply, token) => void reply.setCookie(name, token, attributes),
    clear: (reply) => void reply.clearCookie(name, attributes),
  };
}
