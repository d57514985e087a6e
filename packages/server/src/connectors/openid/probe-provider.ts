// “Test” of a provider: each thing that a login will need, one after the other, told in a sentence; ends at the first that fails.
import type { ServerMetadata } from 'openid-client';
import type { OpenidFinding } from '@countersign/contract/openid-models.ts';
import { asSentence, toDisplayable } from '@countersign/contract/text.ts';
import type { OpenidSettings } from '#core/openid-providers/openid-client.ts';
import type { Clock } from '#platform/clock.ts';
import { allowedUrl, CallRefused } from './bounded-fetch.ts';
import type { Caller } from './caller.ts';
import {
  allowedAlgorithms,
  discoveryUrl,
  readDiscovery,
  readMetadata,
  requireEndpoints,
  requireIssuer,
} from './provider-metadata.ts';

interface Probed {
  readonly deps: { readonly clock: Clock; readonly httpOnLoopback: boolean };
  readonly settings: OpenidSettings;
  readonly caller: Caller;
}
type Step = OpenidFinding['step'];
/** @returns the sentence; null: there is nothing to say. @throws Error with it, where the step fails */
type Look = () => Promise<string | null>;

export async function* probeProvider(probed: Probed, redirectUri: string): AsyncGenerator<OpenidFinding> {
  const { deps } = probed;
  for (const [step, look] of looksAt(probed, redirectUri)) {
    const began = deps.clock.monotonic();
    const told = await look().then(
      (sentence) => ({ passed: true, sentence }),
      (error: unknown) => ({
        passed: false,
        sentence: asSentence(error instanceof Error ? error.message : 'it failed'),
      }),
    );
    const { passed, sentence } = told;
    if (sentence === null) continue;
    yield { step, passed, sentence: toDisplayable(sentence, 500), ms: deps.clock.monotonic() - began };
    if (!passed) return;
  }
}

function looksAt(probed: Probed, redirectUri: string): readonly (readonly [Step, Look])[] {
  const { settings, caller, deps } = probed;
  const { issuer, endpoints } = settings;
  let metadata: ServerMetadata = { issuer };
  return [
    [
      'discovery',
      async () => {
        metadata = await (endpoints ? readMetadata(settings, caller) : readDiscovery(issuer, caller));
        return endpoints
          ? 'The endpoints are given by hand; nothing is read.'
          : `Read ${discoveryUrl(issuer)}.`;
      },
    ],
    [
      'issuer',
      async () => {
        requireIssuer(metadata, issuer);
        return endpoints ? null : `The provider calls itself ${issuer}, as it is written here.`;
      },
    ],
    [
      'endpoints',
      async () => {
        requireEndpoints(metadata);
        return endpointsAllowed(metadata, deps);
      },
    ],
    ['algorithms', async () => algorithmsOf(metadata)],
    ['keys', () => readKeys(metadata, caller)],
    ['client', () => tryClient(settings, metadata, { caller, redirectUri })],
  ];
}

function endpointsAllowed(metadata: ServerMetadata, rules: { readonly httpOnLoopback: boolean }): string {
  const { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = metadata;
  const all = [authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint].filter(
    (url) => url !== undefined,
  );
  for (const url of all) allowedUrl(url, rules);
  const tells = metadata['authorization_response_iss_parameter_supported'] === true;
  const named = `People log in at ${authorization_endpoint}.`;
  return tells ? `${named} Its answers say from whom they come (RFC 9207).` : named;
}

function algorithmsOf(metadata: ServerMetadata): string {
  const listed = metadata.id_token_signing_alg_values_supported;
  const allowed = allowedAlgorithms(metadata);
  if (allowed.length === 0)
    throw new CallRefused(`ID tokens are signed only by ${String(listed)}, none of which is allowed`);
  return listed === undefined
    ? 'It does not say how it signs.'
    : `It signs ID tokens by ${allowed.join(', ')}.`;
}

/** @throws CallRefused */
async function readKeys({ jwks_uri: url = '' }: ServerMetadata, caller: Caller): Promise<string> {
  const response = await caller.fetch(url, { method: 'GET', headers: { accept: 'application/json' } });
  if (response.status !== 200) throw new CallRefused(`${url} answered HTTP ${response.status}`);
  const document = (await response.json().catch(() => undefined)) as { readonly keys?: unknown } | undefined;
  const keys = document?.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new CallRefused(`${url} holds no keys`);
  return `Read ${keys.length === 1 ? 'one key' : `${keys.length} keys`} from ${url}.`;
}

/** With a code that nobody gave out: who does not know the client says so before looking at the code. */
async function tryClient(
  { client_id: id, client_secret: secret, auth_method: method }: OpenidSettings,
  { token_endpoint: url = '' }: ServerMetadata,
  { caller, redirectUri }: { readonly caller: Caller; readonly redirectUri: string },
): Promise<string> {
  if (id === '') throw new CallRefused('There is no client id yet.');
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: 'countersign-test',
    redirect_uri: redirectUri,
    code_verifier: 'countersign-test-countersign-test-countersign-test',
    ...(method !== 'client_secret_basic' && { client_id: id }),
    ...(method === 'client_secret_post' && { client_secret: secret?.reveal() ?? '' }),
  });
  const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  const basic = Buffer.from(`${encoded(id)}:${encoded(secret?.reveal() ?? '')}`).toString('base64');
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    ...(method === 'client_secret_basic' && { authorization: `Basic ${basic}` }),
  };
  const response = await caller.fetch(url, { method: 'POST', headers, body });
  const said = (await response.json().catch(() => undefined)) as { readonly error?: unknown } | undefined;
  const code = typeof said?.error === 'string' ? said.error : '';
  if (response.status === 401 || code === 'invalid_client' || code === 'unauthorized_client')
    throw new CallRefused(
      `The provider does not accept the client id or its secret (${code || 'HTTP 401'}).`,
    );
  if (code === 'invalid_grant') return 'The provider knows the client, and its secret is right.';
  return `The provider did not say whether it knows the client (${code || `HTTP ${response.status}`}); a test login will show it.`;
}
