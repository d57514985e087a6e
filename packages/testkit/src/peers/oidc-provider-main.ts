// The OpenID provider as a program of its own: npm's oidc-provider with people in it, who log in by their name alone. Reads its order as
// one line of JSON, then one fault a line, which holds until the next one: it lies, is slow, or answers without end when it is told to.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { Provider } from 'oidc-provider';
import type { OidcOrder } from './oidc-provider.ts';

interface Key {
  readonly jwk: object;
  readonly kid: string;
  readonly key: CryptoKey;
}

async function newKey(kid: string): Promise<Key> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { key: privateKey, kid, jwk: { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' } };
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { issuer, port, clientId, clientSecret, redirectUris, people } = JSON.parse(
  String((await lines.next()).value),
) as OidcOrder;

let key = await newKey('first');
const strange = await newKey('strange');
let fault = 'none';

const claimsOf = (sub: string) => ({ sub, ...(people[sub] ?? { preferred_username: sub }) });

function newProvider(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris }],
    jwks: { keys: [key.jwk] },
    cookies: { keys: ['only for tests'] },
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username', 'groups'],
      email: ['email', 'email_verified'],
      phone: ['phone_number'],
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: async () => claimsOf(sub) }),
    // Nobody is asked for consent.
    async loadExistingGrant({
      oidc,
    }: {
      readonly oidc: {
        readonly client: { readonly clientId: string };
        readonly session: { readonly accountId: string };
      };
    }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile email phone');
      await grant.save();
      return grant;
    },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route !== 'token') return;
    const body = context.body as { id_token?: string } | undefined;
    if (body?.id_token !== undefined) body.id_token = await lie(body.id_token);
  });
  const answer = provider.callback();
  finish = (request, response, sub) =>
    provider.interactionFinished(
      request,
      response,
      sub === 'nobody' ? denied : { login: { accountId: sub } },
      {
        mergeWithLastSubmission: false,
      },
    );
  return answer;
}

const denied = { error: 'access_denied', error_description: 'The person did not want to' };
let finish: (request: IncomingMessage, response: ServerResponse, sub: string) => Promise<void>;
let answer = newProvider();

/** The ID token as somebody would make it who wants in. */
async function lie(token: string): Promise<string> {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;
  const sign = (changes: JWTPayload, by: Key = key): Promise<string> =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'RS256', kid: by.kid }).sign(by.key);
  switch (fault) {
    case 'issuer':
      return sign({ iss: 'https://somebody.else.example' });
    case 'audience':
      return sign({ aud: 'another-client' });
    case 'party':
      return sign({ aud: [clientId, 'another-client'], azp: 'another-client' });
    case 'nonce':
      return sign({ nonce: 'of-another-login' });
    case 'expired':
      return sign({ exp: (claims.iat ?? 0) - 3600, iat: (claims.iat ?? 0) - 7200 });
    case 'signature':
      return sign({}, { ...strange, kid: key.kid });
    case 'unknown key':
      return sign({}, { ...strange, kid: 'never published' });
    case 'alg none':
      return new UnsecuredJWT(claims).encode();
    case 'alg HS256':
      return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(clientSecret));
    default:
      return token;
  }
}

const page = `<!doctype html><html lang="en"><title>Log in</title><h1>Log in at the provider</h1>
<form method="post"><label>Your name <input name="login" autofocus></label> <button>Log in</button></form></html>`;

const server = createServer((request, response) => {
  void serve(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.destroy();
  });
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isMachine = request.url?.startsWith('/token') === true;
  if (fault === 'slow' && isMachine) return;
  if (fault === 'huge' && isMachine) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.on('error', () => undefined);
    response.write(' '.repeat(4_000_000));
    return;
  }
  if (fault === 'redirect' && isMachine) {
    response.writeHead(307, { location: `${issuer}/jwks` }).end();
    return;
  }
  if (request.url?.startsWith('/interaction/') !== true) return answer(request, response);
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    return;
  }
  await finish(request, response, new URLSearchParams(await text(request)).get('login') ?? '');
}

server.listen(port, '127.0.0.1', () => process.stdout.write('READY\n'));
let heard = 0;
for await (const line of { [Symbol.asyncIterator]: () => lines }) {
  if (line === 'rotate') {
    key = await newKey(`rotated ${heard}`);
    answer = newProvider();
  } else fault = line;
  heard += 1;
  process.stdout.write(`HEARD ${heard}\n`);
}
process.exit(0);
