// The form of an OpenID provider, and how what it shows and what the API takes become each other.
import type { OpenidProvider, OpenidProviderChanges } from '@countersign/contract/openid-models.ts';
import { openidAuthMethods, openidNameRules } from '@countersign/contract/openid-words.ts';
import { fields } from '../../parts/form-fields.ts';
import type { Speech } from '../../words/words.ts';
import { readGroups, writeGroups } from '../user-sources/source-fields.ts';

/** A new one needs no more: what else there is comes from the provider, which wants the redirect URI first. */
export const newFields = ({ t }: Speech) =>
  fields({
    name: { kind: 'text', label: t('openid.name'), hint: t('openid.name_help'), max: 80 },
    issuer: issuerField(t),
  });

const issuerField = (t: Speech['t']) =>
  ({
    kind: 'text',
    type: 'url',
    label: t('openid.issuer'),
    hint: t('openid.issuer_help'),
    max: 1000,
    code: true,
    placeholder: 'https://login.example.com/realms/staff',
  }) as const;

/** @param hasSecret one is kept already */
export const providerFields = (speech: Speech, hasSecret: boolean) =>
  fields({ ...ownFields(speech, hasSecret), ...peopleFields(speech), ...moreFields(speech) });

function ownFields(speech: Speech, hasSecret: boolean) {
  const { t } = speech;
  return fields({
    ...newFields(speech),
    client_id: {
      kind: 'text',
      label: t('openid.client_id'),
      hint: t('openid.client_id_help'),
      max: 300,
      optional: true,
      code: true,
      autocomplete: 'off',
    },
    client_secret: {
      kind: 'password',
      label: t('openid.client_secret'),
      hint: t('openid.client_secret_help'),
      max: 1000,
      optional: true,
      autocomplete: 'off',
      ...(hasSecret ? { againWith: ['issuer', 'token_endpoint', 'ca'] } : {}),
    },
    enabled: { kind: 'flag', label: t('openid.enabled'), hint: t('openid.enabled_help') },
  });
}

/** Who is let in, and as whom. */
function peopleFields({ t }: Speech) {
  return fields({
    existing_users: {
      kind: 'choice',
      look: 'cards',
      label: t('openid.existing_users'),
      options: openidNameRules.map((value) => ({
        value,
        text: t(`openid.existing_users.${value}`),
        help: t(`openid.existing_users.${value}_help`),
      })),
    },
    email_domains: {
      kind: 'tags',
      label: t('openid.email_domains'),
      hint: t('openid.email_domains_help'),
      max: 253,
      optional: true,
    },
    claim_groups: claim(t('openid.claim_groups'), t('openid.claim_groups_help'), 'groups'),
    mandatory_group: {
      kind: 'text',
      label: t('openid.mandatory_group'),
      hint: t('openid.mandatory_group_help'),
      max: 300,
      optional: true,
    },
    groups: {
      kind: 'text',
      rows: 3,
      label: t('openid.groups'),
      hint: t('openid.groups_help'),
      optional: true,
      code: true,
      placeholder: 'vpn-users => VPN',
      check: (text) => (readGroups(text) ? undefined : t('source.groups_fault')),
    },
  });
}

const claim = (label: string, hint: string, placeholder: string) =>
  ({ kind: 'text', label, hint, placeholder, max: 200, optional: true, code: true }) as const;

function moreFields({ t, count }: Speech) {
  const needed = (label: string) => ({ kind: 'text', label, max: 200, code: true }) as const;
  const endpoint = (label: string, hint: string) =>
    ({ kind: 'text', type: 'url', label, hint, max: 1000, optional: true, code: true }) as const;
  return fields({
    claim_username: { ...needed(t('openid.claim_username')), hint: t('openid.claim_username_help') },
    claim_id: { ...needed(t('openid.claim_id')), hint: t('openid.claim_id_help') },
    claim_full_name: claim(t('openid.claim_full_name'), t('openid.claim_help'), 'name'),
    claim_email: claim(t('openid.claim_email'), t('openid.claim_help'), 'email'),
    claim_phone: claim(t('openid.claim_phone'), t('openid.claim_help'), 'phone_number'),
    scopes: { kind: 'tags', label: t('openid.scopes'), hint: t('openid.scopes_help'), max: 100 },
    auth_method: {
      kind: 'choice',
      label: t('openid.auth_method'),
      hint: t('openid.auth_method_help'),
      options: openidAuthMethods.map((value) => ({ value, text: t(`openid.auth_method.${value}`) })),
    },
    authorization_endpoint: endpoint(t('openid.authorization_endpoint'), t('openid.endpoint_help')),
    token_endpoint: endpoint(t('openid.token_endpoint'), t('openid.endpoint_help')),
    jwks_uri: endpoint(t('openid.jwks_uri'), t('openid.endpoint_help')),
    userinfo_endpoint: endpoint(t('openid.userinfo_endpoint'), t('openid.userinfo_help')),
    ca: {
      kind: 'text',
      rows: 4,
      label: t('openid.ca'),
      hint: t('openid.ca_help'),
      optional: true,
      code: true,
      placeholder: '-----BEGIN CERTIFICATE-----',
    },
    answer_ms: {
      kind: 'number',
      label: t('openid.answer_ms'),
      min: 500,
      max: 30_000,
      unit: (ms) => count('unit.milliseconds', ms),
    },
  });
}

export const foldedFields = [
  'claim_username',
  'claim_id',
  'claim_full_name',
  'claim_email',
  'claim_phone',
  'scopes',
  'auth_method',
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'ca',
  'answer_ms',
] as const;

/** Where what failed in a test is put right, as far as that is one field. @param failed steps */
export function fieldOfStep(failed: readonly string[]) {
  const at = { discovery: 'issuer', issuer: 'issuer', keys: 'jwks_uri', client: 'client_id' } as const;
  const step = Object.keys(at).find((name) => failed.includes(name)) as keyof typeof at | undefined;
  return step && at[step];
}

/** What the form shows. */
export const shownOf = ({ groups, ca, mandatory_group: group, ...rest }: OpenidProvider) => ({
  ...rest,
  ca: ca ?? '',
  mandatory_group: group ?? '',
  groups: writeGroups(groups),
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What the API is told: empty texts where it wants null, groups as pairs, no secret that was not typed. */
export function bodyOf({
  ca,
  mandatory_group: group,
  groups,
  client_secret: secret,
  ...rest
}: Readonly<Record<string, unknown>>): OpenidProviderChanges {
  return {
    ...rest,
    ...(ca !== undefined && { ca: ca === '' ? null : textOf(ca) }),
    ...(group !== undefined && { mandatory_group: group === '' ? null : textOf(group) }),
    ...(groups !== undefined && { groups: readGroups(textOf(groups)) ?? [] }),
    ...(typeof secret === 'string' && secret !== '' && { client_secret: secret }),
  };
}
