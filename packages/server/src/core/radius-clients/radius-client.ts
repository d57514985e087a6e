// A RADIUS client: an address or network from which logins come to one application, and what is agreed with it.
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import type { Selectable } from 'kysely';
import type { MessageAuthenticatorPolicy, RadiusClientTable } from '#db/radius-tables.ts';
import type { Random } from '#platform/random.ts';

export type RadiusClientRow = Selectable<RadiusClientTable>;

/** What a RADIUS client's shared secret is sealed for; with the RADIUS client's id as owner. */
export const radiusClientSecretPurpose = 'radius-client';

/** A RADIUS client as a door needs it, secrets opened. */
export interface LoadedRadiusClient {
  readonly id: string;
  readonly name: string;
  readonly applicationId: string;
  readonly applicationEnabled: boolean;
  /** False while the application's logins are closed. */
  readonly authorises: boolean;
  /** Canonical CIDR text. */
  readonly network: string;
  readonly secret: Uint8Array;
  readonly messageAuthenticator: MessageAuthenticatorPolicy;
  readonly numberMatching: boolean;
  readonly stripRealm: boolean;
  /** Empty: none. */
  readonly appendRealm: string;
  /** Whether its logins are only passed to the home servers. */
  readonly relay: boolean;
  /** In the order in which they are to be asked; none: the application's own users. */
  readonly homeServers: readonly LoadedHomeServer[];
}

export interface LoadedHomeServer {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly secret: Uint8Array;
  readonly messageAuthenticator: MessageAuthenticatorPolicy;
  readonly timeoutMs: number;
  readonly tries: number;
  readonly deadSeconds: number;
}

export const toRadiusClient = (row: RadiusClientRow, homeServerIds: readonly string[]): RadiusClient => ({
  id: row.id,
  name: row.name,
  application_id: row.application_id,
  network: row.network,
  message_authenticator: row.message_authenticator,
  number_matching: row.number_matching === 1,
  strip_realm: row.strip_realm === 1,
  append_realm: row.append_realm,
  home_server_ids: [...homeServerIds],
  relay: row.relay === 1,
  enabled: row.enabled === 1,
  created_at: row.created_at,
  updated_at: row.updated_at,
});

const secretLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const secretLength = 32;

/** 190 random bits, in letters that every device's configuration takes. RFC 2865 3 asks for 16 octets at least. */
export const newSharedSecret = (random: Random): string =>
  Array.from({ length: secretLength }, () => secretLetters.charAt(random.below(secretLetters.length))).join(
    '',
  );
