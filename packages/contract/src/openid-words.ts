// The closed lists of OpenID Connect, without schemas, so that the web apps can have them.

/** Why nothing came of a login at an OpenID provider. Only administrators ever read it. */
export const openidRefusals = {
  answer_unknown: 'The answer belongs to no login that was begun here.',
  answer_of_another: 'The answer belongs to a login that another device or person began.',
  answer_used: 'The answer was given before, or another login was begun since.',
  answer_expired: 'The answer came too late.',
  provider_changed: 'The provider was changed, disabled or deleted meanwhile.',
  provider_error: 'The provider let nobody in: it answered with an error.',
  issuer_of_another: 'The answer comes from another provider than the person was sent to.',
  code_refused:
    'The provider did not accept the code: it was used before, is too old, or is not of this login.',
  client_refused: 'The provider did not accept the client: its id or its secret is wrong.',
  issuer_wrong: 'The ID token is of another issuer.',
  audience_wrong: 'The ID token is for somebody else.',
  nonce_wrong: 'The ID token is of another login.',
  token_expired: 'The ID token is expired, or not valid yet: look at the clocks.',
  algorithm_refused: 'The ID token is signed in a way that is not allowed.',
  key_unknown: 'The ID token is signed with a key that the provider does not publish.',
  signature_wrong: 'The signature of the ID token is wrong.',
  answer_invalid: 'The provider answered what OpenID Connect does not allow.',
  subject_differs: 'The UserInfo endpoint speaks of somebody else than the ID token.',
  id_missing: 'The claim with the id that stays is missing.',
  username_missing: 'The claim with the user name is missing.',
  email_unverified: 'The e-mail address counts here, and the provider has not verified it.',
  email_domain: 'The e-mail address is of no domain that is allowed.',
  group_missing: 'The person is not in the mandatory group.',
  name_of_another: 'Somebody else has the name here: a user made here, or of another source.',
  user_disabled: 'The user is disabled here.',
} as const satisfies Record<string, string>;
export type OpenidRefusal = keyof typeof openidRefusals;

export const openidAuthMethods = ['client_secret_basic', 'client_secret_post', 'none'] as const;
export const openidNameRules = ['refuse', 'adopt'] as const;

/** What a test of a provider goes through, and what a test login adds. */
export const openidSteps = [
  'discovery',
  'issuer',
  'endpoints',
  'algorithms',
  'keys',
  'client',
  'answer',
  'claims',
  'user',
] as const;
export type OpenidStep = (typeof openidSteps)[number];

export const openidOutcomes = ['would_create', 'would_refresh', 'refused', 'unavailable'] as const;
export type OpenidAuthMethod = (typeof openidAuthMethods)[number];
