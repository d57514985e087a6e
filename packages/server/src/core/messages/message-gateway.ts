// A gateway: by whom messages are sent. Gateways belong to the installation and are asked in their order.
import type { ShownGateway } from '@countersign/contract/message-models.ts';
import type { Selectable } from 'kysely';
import type { MessageGatewayTable } from '#db/message-tables.ts';
import { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import type { GatewayChannel } from './channel.ts';

export type GatewayRow = Selectable<MessageGatewayTable>;

/** A gateway as a connector gets it. */
export interface OpenedGateway<Kind extends string, Settings> {
  readonly id: string;
  readonly name: string;
  /** Grows with every change: what is kept of a gateway, such as connections, is for one revision. */
  readonly revision: number;
  readonly kind: Kind;
  readonly settings: Settings;
  readonly password: Secret | null;
}

type Owner = Pick<GatewayRow, 'channel' | 'id'>;

/** What a gateway's password is sealed for; with the gateway's id as owner. */
const purposeOf = ({ channel }: Owner): string => `${channel}-gateway`;

export const sealPassword = (vault: Vault, owner: Owner, password: string): string =>
  vault.seal(purposeOf(owner), owner.id, Buffer.from(password));

export const settingsOf = (row: GatewayRow): object => JSON.parse(row.settings) as object;

/** @throws VaultError when the password was sealed with another master key */
export function openPassword(vault: Vault, row: GatewayRow): Secret | null {
  if (row.password === null) return null;
  return new Secret(Buffer.from(vault.open(purposeOf(row), row.id, row.password)).toString());
}

export const toGateway = <Gateway extends ShownGateway>(
  { gateway }: GatewayChannel<Gateway>,
  row: GatewayRow,
): Gateway =>
  gateway.parse({
    ...settingsOf(row),
    id: row.id,
    name: row.name,
    kind: row.kind,
    position: row.position,
    enabled: row.enabled === 1,
    has_password: row.password !== null,
    last_accepted_at: row.last_accepted_at,
    last_failed_at: row.last_failed_at,
    last_failure: row.last_failure,
    created_at: row.created_at,
    updated_at: row.updated_at,
  });
