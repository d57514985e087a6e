// The tables behind SCEP (RFC 8894): who may ask for certificates, with what, and what was asked.
import type { Flag } from './flag.ts';

/** The certificate and key that clients encrypt to: an authority’s own key is no RSA key. */
export interface ScepRegistrarTable {
  authority_id: string;
  serial: string;
  certificate: string;
  /** PKCS #8, sealed. */
  private_key: string;
  not_after: number;
}

export interface ScepProfileTable {
  id: string;
  name: string;
  name_key: string;
  challenge: 'static' | 'one_time';
  /** Of the static challenge password; null where each works once. */
  challenge_hash: string | null;
  approval: 'automatic' | 'administrator';
  valid_days: number;
  accept_legacy: Flag;
  enabled: Flag;
  created_at: number;
}

export interface ScepChallengeTable {
  id: string;
  profile_id: string;
  challenge_hash: string;
  /** Whom the certificate must be for; null: anybody. */
  common_name: string | null;
  expires_at: number;
  used_at: number | null;
  created_at: number;
}

export interface ScepRequestTable {
  id: string;
  profile_id: string;
  transaction_id: string;
  /** The request to which it goes back by renewals; its own id when it renews nothing. */
  enrolment_id: string;
  /** Of the key that signed the request. */
  key_hash: string;
  state: 'pending' | 'issued' | 'refused' | 'expired';
  /** DER as base64: distinguished name, SubjectPublicKeyInfo, GeneralNames. */
  subject_der: string;
  public_key: string;
  names_der: string | null;
  /** For people. */
  subject: string;
  /** JSON: all names that are asked for, not only those of DNS. */
  dns_names: string;
  /** PEM. */
  certificate: string | null;
  serial: string | null;
  /** Until when the certificate holds. */
  valid_until: number | null;
  created_at: number;
  decided_at: number | null;
}
