// Tables of SMS: gateways, rules, what was sent, codes.
import type { SmsGatewayKind } from '@countersign/contract/sms-models.ts';
import type { Flag } from './flag.ts';

export interface SmsGatewayTable {
  id: string;
  name: string;
  name_key: string;
  kind: SmsGatewayKind;
  /** From 1; lower ones are asked first. */
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

export interface SmsRulesTable {
  singleton: 1;
  /** JSON: what differs from the defaults. */
  rules: string;
  /** Grows with every text that is counted: whoever counts holds this row, so that nodes count one after the other. */
  counted: number;
  updated_at: number | null;
}

/** A text that was counted, just before it was sent. */
export interface SmsSendTable {
  id: string;
  at: number;
  /** Of the number: a hash under the vault's key. */
  number_key: string;
  user_id: string | null;
  /** The allowed prefix that the number has. */
  prefix: string;
  /** 0: nothing was sent, because the number is nobody's; it counts for the number alone, so that nobody can tell. */
  real: Flag;
}

export interface SmsCodeTable {
  id: string;
  /** What the code is for, and the id of that. */
  purpose: string;
  owner_id: string;
  /** Whose number it is; null: nobody's, and then no code is the right one. */
  user_id: string | null;
  /** Sealed. */
  number: string;
  /** HMAC under the vault's key. */
  code_hash: string;
  /** Wrong codes so far, resends or not. */
  attempts: number;
  resends: number;
  sent_at: number;
  expires_at: number;
  used_at: number | null;
}
