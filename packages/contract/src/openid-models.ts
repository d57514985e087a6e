// OpenID providers of an application: who says by OpenID Connect who a person is. The rules of these files are those of models.ts.
import { z } from 'zod';
import { flag, ids } from './models.ts';
import {
  openidAuthMethods,
  openidNameRules,
  openidOutcomes,
  type OpenidRefusal,
  openidRefusals,
  openidSteps,
} from './openid-words.ts';
import { line, name } from './text.ts';
import { time } from './time.ts';

/** In an application. */
export const maxOpenidProviders = 10;

const isEndpoint = (text: string): boolean => {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  const isHere = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/.test(hostname);
  return username === '' && password === '' && hash === '' && (protocol === 'https:' || isHere);
};
const url = z.string().max(1000).refine(isEndpoint, 'must be an https URL without credentials and fragment');
const optionalUrl = z.union([z.literal(''), url]);
const claim = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]*$/, 'must be the name of a claim, such as email');

const fields = {
  name: name(80).describe('What people read on the button of their phones.'),
  enabled: flag.describe('Only one that is enabled is offered; it needs a client id.'),
  issuer: url
    .refine((text) => !text.includes('?'), 'must be without a query')
    .describe(
      'Exactly as the provider writes it in its tokens, such as `https://login.example.com/realms/staff`.',
    ),
  authorization_endpoint: optionalUrl.describe(
    'Empty, as the next two: all are read from `{issuer}/.well-known/openid-configuration`.',
  ),
  token_endpoint: optionalUrl.describe('Where codes are exchanged; given or empty together with the others.'),
  jwks_uri: optionalUrl.describe(
    'Where the provider publishes its keys; given or empty together with the others.',
  ),
  userinfo_endpoint: optionalUrl.describe(
    'With endpoints by hand: asked for more claims than the ID token has; empty: not asked.',
  ),
  client_id: line(300).describe('As the provider gave it.'),
  auth_method: z
    .enum(openidAuthMethods)
    .describe(
      'How the secret is shown at the token endpoint; `none`: there is no secret, PKCE alone protects.',
    ),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'must be a scope, such as profile'))
    .min(1)
    .max(20)
    .refine((list) => list.includes('openid'), 'must contain openid'),
  claim_username: claim.min(1).describe('The claim with the user name.'),
  claim_full_name: claim.describe('The claim with the full name; empty: none.'),
  claim_email: claim.describe('The claim with the e-mail address; empty: none.'),
  claim_phone: claim.describe('The claim with the mobile number; empty: none.'),
  claim_id: claim
    .min(1)
    .describe(
      'The claim with the id that stays when a person is renamed. It counts together with the issuer.',
    ),
  claim_groups: claim.describe(
    'The claim with the groups, also one within another, such as `realm_access.roles`; empty: none.',
  ),
  mandatory_group: line(300)
    .nullable()
    .describe('A group that whoever logs in must be in, as the claim has it.'),
  groups: z
    .array(
      z.strictObject({ group: line(300).refine((text) => text !== '', 'must not be empty'), team: name(80) }),
    )
    .max(100)
    .describe(
      'Who is in a group becomes a member of a team, and leaves it when the claim no longer has the group. Teams that are not named here stay.',
    ),
  email_domains: z
    .array(
      z
        .string()
        .max(253)
        .regex(/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/, 'must be a domain such as example.com')
        .overwrite((text) => text.toLowerCase()),
    )
    .max(50)
    .describe('Only e-mail addresses of these domains are let in; none: any, also without an address.'),
  existing_users: z
    .enum(openidNameRules)
    .describe(
      'What happens when a user of the same name is there. `refuse`: nobody is let in. `adopt`: a user without password who came from no source belongs to the provider from then on.',
    ),
  ca: z
    .string()
    .max(100_000)
    .nullable()
    .describe('Certificates in PEM that the provider’s must lead to; null: those that the system trusts.'),
  answer_ms: z
    .int()
    .min(500)
    .max(30_000)
    .describe('How long one call to the provider may take, in milliseconds.'),
};
const clientSecret = z.string().min(1).max(1000).describe('Write only; kept sealed.');

export const NewOpenidProvider = z.strictObject({
  ...fields,
  enabled: fields.enabled.default(false),
  authorization_endpoint: fields.authorization_endpoint.default(''),
  token_endpoint: fields.token_endpoint.default(''),
  jwks_uri: fields.jwks_uri.default(''),
  userinfo_endpoint: fields.userinfo_endpoint.default(''),
  client_id: fields.client_id.default(''),
  client_secret: clientSecret.optional(),
  auth_method: fields.auth_method.default('client_secret_basic'),
  scopes: fields.scopes.default(['openid', 'profile', 'email']),
  claim_username: fields.claim_username.default('preferred_username'),
  claim_full_name: fields.claim_full_name.default('name'),
  claim_email: fields.claim_email.default('email'),
  claim_phone: fields.claim_phone.default('phone_number'),
  claim_id: fields.claim_id.default('sub'),
  claim_groups: fields.claim_groups.default(''),
  mandatory_group: fields.mandatory_group.default(null),
  groups: fields.groups.default([]),
  email_domains: fields.email_domains.default([]),
  existing_users: fields.existing_users.default('refuse'),
  ca: fields.ca.default(null),
  answer_ms: fields.answer_ms.default(5000),
});
export const OpenidProviderChanges = z
  .strictObject({
    ...fields,
    client_secret: clientSecret.describe(
      'Write only; kept sealed. Needed again with changes of where it is sent: issuer, token_endpoint, ca.',
    ),
  })
  .partial();

export const OpenidProvider = z.object({
  id: ids.openidProvider,
  application_id: ids.application,
  ...fields,
  has_client_secret: flag,
  redirect_uri: z
    .string()
    .describe(
      'To be registered at the provider, exactly so. Each provider has its own, so that none can answer for another.',
    ),
  user_count: z.int().describe('Users that came by it.'),
  created_at: time,
  updated_at: time,
});

// ---- logins

/** What the provider gave to the browser, as the redirect URI got it (RFC 6749 4.1.2, RFC 9207). */
export const OpenidAnswer = z.strictObject({
  provider_id: z.string().max(100).describe('At whose redirect URI it came back.'),
  state: z.string().min(1).max(200),
  code: z.string().min(1).max(4000).optional(),
  iss: z.string().max(1000).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(1000).optional(),
});

export const OpenidFinding = z.object({
  step: z.enum(openidSteps),
  passed: flag,
  sentence: z.string(),
  ms: z.number(),
});
export const OpenidTestLogin = z.object({
  authorization_url: z.string().describe('To be opened in a browser; it comes back to the console.'),
  expires_at: time,
});
const refusals = Object.keys(openidRefusals) as [OpenidRefusal, ...OpenidRefusal[]];
export const OpenidTestResult = z.object({
  outcome: z.enum(openidOutcomes),
  refusal: z.enum(refusals).nullable(),
  findings: z.array(OpenidFinding).describe('Step by step; the last one says what came of it.'),
  claims: z
    .array(z.object({ name: z.string(), value: z.string(), from: z.enum(['id_token', 'userinfo']) }))
    .describe('What the provider told, by name.'),
  user: z
    .object({
      username: z.string(),
      full_name: z.string(),
      email: z.string(),
      phone: z.string(),
      teams: z.array(z.string()),
      external_guid: z.string(),
    })
    .nullable()
    .describe('What would be kept of the person. Nothing is.'),
});

export type NewOpenidProvider = z.output<typeof NewOpenidProvider>;
export type OpenidProviderChanges = z.output<typeof OpenidProviderChanges>;
export type OpenidProvider = z.output<typeof OpenidProvider>;
export type OpenidAnswer = z.output<typeof OpenidAnswer>;
export type OpenidFinding = z.output<typeof OpenidFinding>;
export type OpenidTestLogin = z.output<typeof OpenidTestLogin>;
export type OpenidTestResult = z.output<typeof OpenidTestResult>;
