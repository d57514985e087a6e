// The token endpoint: OAuth 2.0 client credentials (RFC 6749 4.4).
import { issueToken } from '#core/api-clients/issue-token.ts';
import { Problem } from '#platform/problem.ts';
import type { ApiDeps } from './api-deps.ts';
import { decodeComponent } from './form-body.ts';
import type { Handlers } from './register-route.ts';

export const tokenHandlers = (deps: ApiDeps): Pick<Handlers, 'createToken'> => ({
  createToken: async ({ body, authorization }) => {
    const credentials = readCredentials(body, authorization);
    if (body.grant_type !== 'client_credentials') throw new Problem('unsupported_grant_type');
    const { accessToken, expiresInSeconds, scope } = await issueToken(deps, {
      ...credentials,
      scope: body.scope,
    });
    return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds, scope };
  },
});

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** @throws Problem invalid_client when there are none, invalid_request when there are two (RFC 6749 2.3). */
export function readCredentials(
  body: { readonly client_id?: string | undefined; readonly client_secret?: string | undefined },
  authorization: string | undefined,
): Credentials {
  const { client_id: clientId, client_secret: clientSecret } = body;
  if (authorization !== undefined) {
    const basic = readBasic(authorization);
    if (clientSecret !== undefined || (clientId !== undefined && clientId !== basic.clientId))
      throw new Problem('invalid_request', 'the client authenticates in two ways');
    return basic;
  }
  if (clientId === undefined || clientSecret === undefined) throw new Problem('invalid_client');
  return { clientId, clientSecret };
}

const maxBasicLength = 1024;

/** RFC 7617 2, with both parts form-encoded (RFC 6749 2.3.1). */
function readBasic(authorization: string): Credentials {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.slice(0, maxBasicLength))?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const cut = text.indexOf(':');
  if (cut < 0) throw new Problem('invalid_client');
  return {
    clientId: decodeComponent(text.slice(0, cut)),
    clientSecret: decodeComponent(text.slice(cut + 1)),
  };
}
