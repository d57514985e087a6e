// An OpenID provider of an application: its settings, what is shown of them, and what the connector needs.
import type { NewOpenidProvider, OpenidProvider } from '@countersign/contract/openid-models.ts';
import type { Selectable } from 'kysely';
import { areCertificates } from '#core/certificates/are-certificates.ts';
import type { OpenidProviderTable } from '#db/openid-tables.ts';
import { type FieldError, Problem } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import type { OpenidSettings } from './openid-client.ts';

export type OpenidProviderRow = Selectable<OpenidProviderTable>;

/** What a caller may say of a provider, but for the secret. */
export type ProviderFields = Omit<NewOpenidProvider, 'client_secret'>;
type KeptSettings = Omit<ProviderFields, 'name' | 'enabled'>;

/** What a client secret is sealed for; with the provider's id as owner. */
const secretPurpose = 'openid-provider';
export const sealClientSecret = (vault: Vault, id: string, secret: string): string =>
  vault.seal(secretPurpose, id, Buffer.from(secret));

export const settingsText = ({ name: _name, enabled: _enabled, ...settings }: ProviderFields): string =>
  JSON.stringify(settings);

/** Only this file wrote it. */
export const fieldsOf = ({ name, enabled, settings }: OpenidProviderRow): ProviderFields => ({
  ...(JSON.parse(settings) as KeptSettings),
  name,
  enabled: enabled === 1,
});

/** Each provider has its own, so that an answer of one can never be taken for one of another (RFC 9700 4.4.2.2). */
export const redirectUriOf = (publicUrl: string, { id }: Pick<OpenidProviderRow, 'id'>): string =>
  `${publicUrl}/openid/callback/${id}`;

export const toOpenidProvider = (
  row: OpenidProviderRow,
  publicUrl: string,
  users: number,
): OpenidProvider => ({
  id: row.id,
  application_id: row.application_id,
  ...fieldsOf(row),
  has_client_secret: row.client_secret !== null,
  redirect_uri: redirectUriOf(publicUrl, row),
  user_count: users,
  created_at: row.created_at,
  updated_at: row.updated_at,
});

/** Where the client secret goes, and by whom it can be read: changing that wants it anew, so that nobody has it sent elsewhere unknown. */
export const whereSecretGoes = ['issuer', 'token_endpoint', 'ca'] as const;

/** What the schemas cannot say. @throws Problem invalid_request */
export function refuseUnusable(fields: ProviderFields, hasSecret: boolean): void {
  const faults: FieldError[] = [];
  const fault = (field: keyof ProviderFields | 'client_secret', message: string) =>
    void faults.push({ field, message });
  const byHand = (['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const).filter(
    (field) => fields[field] === '',
  );
  if (byHand.length > 0 && byHand.length < 3)
    for (const field of byHand) fault(field, 'must be given where the others are');
  if (fields.enabled && fields.client_id === '') fault('client_id', 'is needed before it is enabled');
  if (fields.enabled && fields.auth_method !== 'none' && !hasSecret)
    fault('client_secret', 'is needed for this way of authentication');
  if (fields.mandatory_group !== null && fields.claim_groups === '')
    fault('claim_groups', 'is needed where a group is mandatory');
  if (fields.groups.length > 0 && fields.claim_groups === '')
    fault('claim_groups', 'is needed where groups stand for teams');
  if (fields.email_domains.length > 0 && fields.claim_email === '')
    fault('claim_email', 'is needed where e-mail domains are limited');
  if (fields.ca !== null && !areCertificates(fields.ca)) fault('ca', 'must be certificates in PEM');
  if (faults.length > 0) throw new Problem('invalid_request', undefined, faults);
}

/** How the connector wants it. @throws VaultError */
export function openidSettings(row: OpenidProviderRow, vault: Vault): OpenidSettings {
  const fields = fieldsOf(row);
  const { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = fields;
  const secret =
    row.client_secret === null
      ? null
      : new Secret(Buffer.from(vault.open(secretPurpose, row.id, row.client_secret)).toString());
  return {
    id: row.id,
    revision: row.revision,
    issuer: fields.issuer,
    endpoints:
      authorization_endpoint === ''
        ? null
        : { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint },
    client_id: fields.client_id,
    client_secret: secret,
    auth_method: fields.auth_method,
    scopes: fields.scopes,
    ca: fields.ca,
    answer_ms: fields.answer_ms,
  };
}
