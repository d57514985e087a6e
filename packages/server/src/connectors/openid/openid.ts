// OpenID Connect on the wire, by openid-client: the code flow with PKCE, every check of the answer, and the signature of the ID token.
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  enableNonRepudiationChecks,
  fetchUserInfo,
  getJwksCache,
  None,
  type ServerMetadata,
  setJwksCache,
} from 'openid-client';
import type { OpenidAnswer } from '@countersign/contract/openid-models.ts';
import type {
  Claims,
  LoginMarks,
  OpenidClient,
  OpenidSettings,
  Redeemed,
} from '#core/openid-providers/openid-client.ts';
import type { Clock } from '#platform/clock.ts';
import { allowedUrl, CallRefused } from './bounded-fetch.ts';
import { type Caller, openCaller } from './caller.ts';
import { probeProvider } from './probe-provider.ts';
import { allowedAlgorithms, readMetadata } from './provider-metadata.ts';
import { failureOf } from './redeem-failure.ts';
import {
  createProviderMemory,
  keepKeys,
  keysFor,
  metadataOf,
  type ProviderMemory,
  type RememberedProvider,
  takeRead,
} from './remembered-provider.ts';

export interface OpenidDeps {
  readonly clock: Clock;
  /** Whether providers on this very machine may be asked over plain HTTP. */
  readonly httpOnLoopback: boolean;
}

interface Asking {
  readonly deps: OpenidDeps;
  readonly settings: OpenidSettings;
  readonly remembered: RememberedProvider;
  readonly caller: Caller;
}

export function createOpenidClient(deps: OpenidDeps): OpenidClient {
  const memory: ProviderMemory = createProviderMemory();
  const asking = (settings: OpenidSettings, signal: AbortSignal): Asking => ({
    deps,
    settings,
    remembered: memory.of(settings),
    caller: openCaller(settings, { ...deps, signal }),
  });
  return {
    async address(settings, marks, signal) {
      const asked = asking(settings, signal);
      try {
        return { kind: 'address', url: await addressOf(asked, marks) };
      } catch (error) {
        return { kind: 'unavailable', detail: error instanceof Error ? error.message : 'it failed' };
      }
    },
    async redeem(settings, marks, answer, signal) {
      const asked = asking(settings, signal);
      try {
        return await redeem(asked, marks, answer);
      } catch (error) {
        return failureOf(error);
      }
    },
    probe: (settings, redirectUri, signal) => probeProvider(asking(settings, signal), redirectUri),
  };
}

/** Read for all who ask meanwhile: one who leaves does not take it from the others. */
const metadataFor = ({ deps, settings, remembered }: Asking): Promise<ServerMetadata> =>
  metadataOf(remembered, deps.clock, () => {
    const { signal } = new AbortController();
    return readMetadata(settings, openCaller(settings, { ...deps, signal }));
  });

async function addressOf(
  asked: Asking,
  { state, nonce, verifier, redirectUri }: LoginMarks,
): Promise<string> {
  const { settings, deps } = asked;
  const url = buildAuthorizationUrl(configure(asked, await metadataFor(asked)), {
    redirect_uri: redirectUri,
    scope: settings.scopes.join(' '),
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  // A browser goes there; the metadata of a provider must not send it just anywhere.
  allowedUrl(url.href, deps);
  return url.href;
}

const authentications: Readonly<Record<OpenidSettings['auth_method'], (secret: string) => ClientAuth>> = {
  client_secret_basic: ClientSecretBasic,
  client_secret_post: ClientSecretPost,
  none: () => None(),
};

function configure({ settings, deps, caller, remembered }: Asking, metadata: ServerMetadata): Configuration {
  const algorithms = allowedAlgorithms(metadata);
  const { client_id: clientId, client_secret: secret, auth_method: method } = settings;
  const authenticate = authentications[method](secret?.reveal() ?? '');
  const server = { ...metadata, id_token_signing_alg_values_supported: [...algorithms] };
  const config = new Configuration(server, clientId, {}, authenticate);
  const keysAt = metadata.jwks_uri;
  config[customFetch] = async (url, init) => {
    if (url === keysAt && !takeRead(remembered, deps.clock))
      throw new CallRefused(`the keys at ${url} were read too often within a minute`);
    return caller.fetch(url, init);
  };
  // Which of them may be without TLS is decided by the caller, address by address.
  allowInsecureRequests(config);
  // TLS says from whom the token comes; that it is the issuer's, only its signature says.
  enableNonRepudiationChecks(config);
  const keys = keysFor(remembered, deps.clock);
  if (keys) setJwksCache(config, keys);
  return config;
}

async function redeem(asked: Asking, marks: LoginMarks, answer: OpenidAnswer): Promise<Redeemed> {
  const { remembered, deps } = asked;
  const metadata = await metadataFor(asked);
  const config = configure(asked, metadata);
  const url = new URL(marks.redirectUri);
  for (const [name, value] of Object.entries(answer))
    if (value !== undefined) url.searchParams.set(name, value);
  const tokens = await authorizationCodeGrant(config, url, {
    expectedState: marks.state,
    expectedNonce: marks.nonce,
    pkceCodeVerifier: marks.verifier,
    idTokenExpected: true,
  }).finally(() => keepKeys(remembered, deps.clock, getJwksCache(config)));
  const idToken = tokens.claims();
  if (!idToken) throw new Error('the answer has no ID token');
  const userInfo: Claims | null =
    metadata.userinfo_endpoint === undefined
      ? null
      : await fetchUserInfo(config, tokens.access_token, idToken.sub);
  return { kind: 'claims', idToken, userInfo };
}
