// An SMS gateway: by whom texts are sent. Gateways belong to the installation and are asked in their order.
import { SmsGateway, type SmsGatewayKind, smsGatewaySettings } from '@countersign/contract/sms-models.ts';
import type { Selectable } from 'kysely';
import type { SmsGatewayTable } from '#db/sms-tables.ts';
import { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import type { OpenedSmsGateway } from './sms-sender.ts';

export type SmsGatewayRow = Selectable<SmsGatewayTable>;

/** What a gateway's password is sealed for; with the gateway's id as owner. */
const passwordPurpose = 'sms-gateway';

export const sealPassword = (vault: Vault, id: string, password: string): string =>
  vault.seal(passwordPurpose, id, Buffer.from(password));

export function toSmsGateway(row: SmsGatewayRow): SmsGateway {
  const { id, name, kind, position, last_accepted_at, last_failed_at, last_failure } = row;
  return SmsGateway.parse({
    ...settingsOf(row),
    id,
    name,
    kind,
    position,
    enabled: row.enabled === 1,
    has_password: row.password !== null,
    last_accepted_at,
    last_failed_at,
    last_failure,
    created_at: row.created_at,
    updated_at: row.updated_at,
  });
}

const settingsOf = (row: SmsGatewayRow): object => JSON.parse(row.settings) as object;

/** @throws VaultError when the password was sealed with another master key */
export function openGateway(vault: Vault, row: SmsGatewayRow): OpenedSmsGateway {
  const password =
    row.password === null
      ? null
      : new Secret(Buffer.from(vault.open(passwordPurpose, row.id, row.password)).toString());
  const common = { id: row.id, name: row.name, revision: row.updated_at, password };
  const kept = settingsOf(row);
  switch (row.kind) {
    case 'twilio':
      return { ...common, kind: row.kind, settings: smsGatewaySettings.twilio.parse(kept) };
    case 'http':
      return { ...common, kind: row.kind, settings: smsGatewaySettings.http.parse(kept) };
    case 'smpp':
      return { ...common, kind: row.kind, settings: smsGatewaySettings.smpp.parse(kept) };
  }
}

/** Names of the settings that a kind has. */
export const settingNames = (kind: SmsGatewayKind): readonly string[] =>
  Object.keys(smsGatewaySettings[kind].shape);

/** Settings that say to whom a password goes, and how well it is kept on the way. */
export const whereTo: readonly string[] = ['url', 'host', 'port', 'tls', 'ca'];
