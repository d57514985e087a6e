// Tables of certificates and of the authorities that sign them.

export interface CertificateTable {
  /** Hexadecimal, lower case, without leading zeros beyond whole bytes. */
  serial: string;
  authority_id: string;
  /** Empty when it is no device's. */
  device_id: string;
  pem: string;
  /** For people; empty for a device's. */
  subject: string;
  /** By which request it was had; null when not by SCEP. */
  scep_request_id: string | null;
  not_before: number;
  not_after: number;
  revoked_at: number | null;
  /** CRLReason (RFC 5280 5.3.1). */
  revocation_reason: number | null;
}

export interface CertificateAuthorityTable {
  id: string;
  /** `single`: signs what is issued, and itself; those of the first releases. */
  /** `external`: a third party’s, whose key is never here. */
  kind: 'single' | 'root' | 'intermediate' | 'external';
  certificate: string;
  /** Who signed it, up to the one that signed itself: a JSON array of PEM. */
  issuers: string;
  /** PKCS #8, sealed; empty when it was taken away. */
  private_key: string;
  crl_number: number;
  /** The revocation list with that number, DER as base64; null before the first one. */
  crl: string | null;
  /** How many certificates were revoked when the list was made. */
  crl_revoked_count: number;
  crl_this_update: number;
  crl_next_update: number;
  created_at: number;
}

/** A key that waits for somebody elsewhere to sign its certificate. */
export interface AuthorityRequestTable {
  /** Of the authority that is to be. */
  id: string;
  /** PKCS #10, PEM. */
  request: string;
  /** PKCS #8, sealed. */
  private_key: string;
  created_at: number;
}
