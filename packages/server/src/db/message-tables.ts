// Tables of what is sent to people, by SMS and by mail: gateways, rules, what was sent, codes.
import type { MessageChannel } from '@countersign/contract/message-models.ts';
import type { Flag } from './flag.ts';

export interface MessageGatewayTable {
  id: string;
  channel: MessageChannel;
  name: string;
  name_key: string;
  kind: string;
  /** From 1 in each channel; lower ones are asked first. */
  position: number;
  enabled: Flag;
  /** JSON, by kind. */
  settings: string;
  /** Sealed; null without. */
  password: string | null;
  last_accepted_at: number | null;
  last_failed_at: number | null;
  last_failure: string | null;
  created_at: number;
  updated_at: number;
}

export interface MessageRulesTable {
  channel: MessageChannel;
  /** JSON: what differs from the defaults. */
  rules: string;
  /** Grows with every message that is counted: whoever counts holds this row, so that nodes count one after the other. */
  counted: number;
  updated_at: number | null;
}

/** A message that was counted, just before it was sent. */
export interface MessageSendTable {
  id: string;
  channel: MessageChannel;
  at: number;
  /** Of the number or address: a hash under the vault's key. */
  address_key: string;
  user_id: string | null;
  /** Of a number: the allowed prefix that it has. Empty where addresses have no areas. */
  area: string;
  /** 0: nothing was sent, because the address is nobody's; it counts for the address alone, so that nobody can tell. */
  real: Flag;
}

export interface MessageCodeTable {
  id: string;
  channel: MessageChannel;
  /** What the code is for, and the id of that. */
  purpose: string;
  owner_id: string;
  /** Whose address it is; null: nobody's, and then no code is the right one. */
  user_id: string | null;
  /** Number or address, sealed. */
  address: string;
  /** HMAC under the vault's key. */
  code_hash: string;
  /** Wrong codes so far, resends or not. */
  attempts: number;
  resends: number;
  sent_at: number;
  expires_at: number;
  used_at: number | null;
}
