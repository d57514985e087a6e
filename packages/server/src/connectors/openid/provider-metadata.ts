// What a provider says of itself (OpenID Connect Discovery 1.0, RFC 8414), or what the administrator says in its place.
import type { ServerMetadata } from 'openid-client';
import type { OpenidSettings } from '#core/openid-providers/openid-client.ts';
import { CallRefused } from './bounded-fetch.ts';
import type { Caller } from './caller.ts';

/** Signed with a key that only the provider has: neither `none`, nor the client secret that it shares with us (HS256). */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

export const discoveryUrl = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

/** @throws Error whose message is for the administrator */
export async function readMetadata(settings: OpenidSettings, caller: Caller): Promise<ServerMetadata> {
  const { endpoints, issuer } = settings;
  if (endpoints) {
    const { userinfo_endpoint: userInfo, ...others } = endpoints;
    return { issuer, ...others, ...(userInfo !== '' && { userinfo_endpoint: userInfo }) };
  }
  const found = await readDiscovery(issuer, caller);
  requireIssuer(found, issuer);
  requireEndpoints(found);
  return found;
}

/** @throws Error */
export async function readDiscovery(issuer: string, caller: Caller): Promise<ServerMetadata> {
  const url = discoveryUrl(issuer);
  const response = await caller.fetch(url, { method: 'GET', headers: { accept: 'application/json' } });
  if (response.status !== 200) throw new CallRefused(`${url} answered HTTP ${response.status}`);
  const document: unknown = await response.json().catch(() => undefined);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new CallRefused(`${url} is no JSON object`);
  return wellFormed(document as Readonly<Record<string, unknown>>, url);
}

const texts = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
] as const;

/** Only what is used is taken on. @throws CallRefused */
function wellFormed(document: Readonly<Record<string, unknown>>, url: string): ServerMetadata {
  const {
    id_token_signing_alg_values_supported: listed,
    authorization_response_iss_parameter_supported: tells,
  } = document;
  const found = texts.flatMap((name) => {
    const value = document[name];
    if (value === undefined) return [];
    if (typeof value !== 'string') throw new CallRefused(`${url}: ${name} is no text`);
    return [[name, value] as const];
  });
  const supported = Array.isArray(listed) ? listed.filter((each) => typeof each === 'string') : undefined;
  return {
    issuer: '',
    ...Object.fromEntries(found),
    ...(supported && { id_token_signing_alg_values_supported: supported }),
    ...(tells === true && { authorization_response_iss_parameter_supported: true }),
  };
}

/** OpenID Connect Discovery 4.3: character by character. @throws CallRefused */
export function requireIssuer({ issuer }: ServerMetadata, expected: string): void {
  if (issuer !== expected)
    throw new CallRefused(`the provider calls itself ${issuer === '' ? 'nothing' : issuer}, not ${expected}`);
}

/** @throws CallRefused */
export function requireEndpoints(metadata: ServerMetadata): void {
  const lacking = (['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const).filter(
    (name) => metadata[name] === undefined,
  );
  if (lacking.length > 0) throw new CallRefused(`the provider does not tell its ${lacking.join(', ')}`);
}

/** Those of the provider that are allowed; what says nothing signs with RS256 (OpenID Connect Discovery 3). */
export function allowedAlgorithms({
  id_token_signing_alg_values_supported: listed,
}: ServerMetadata): readonly string[] {
  if (listed === undefined) return algorithms;
  return algorithms.filter((each) => listed.includes(each));
}
