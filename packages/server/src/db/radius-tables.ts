// Tables of RADIUS clients and of the home servers that they are proxied to.
import type { Flag } from './flag.ts';

export type MessageAuthenticatorPolicy = 'require' | 'auto' | 'off';

export interface RadiusClientTable {
  id: string;
  name: string;
  name_key: string;
  application_id: string;
  /** Canonical CIDR text. */
  network: string;
  shared_secret: string;
  message_authenticator: MessageAuthenticatorPolicy;
  number_matching: Flag;
  strip_realm: Flag;
  append_realm: string;
  relay: Flag;
  enabled: Flag;
  created_at: number;
  updated_at: number;
}

export interface RadiusClientHomeServerTable {
  radius_client_id: string;
  home_server_id: string;
  position: number;
}

export interface HomeServerTable {
  id: string;
  name: string;
  name_key: string;
  address: string;
  port: number;
  shared_secret: string;
  message_authenticator: MessageAuthenticatorPolicy;
  timeout_ms: number;
  tries: number;
  dead_seconds: number;
  created_at: number;
  updated_at: number;
}
