// The tables behind certificates that a third party's authority issues.

/** One row at most. */
export interface CertificateSourceTable {
  singleton: 1;
  revision: number;
  /** JSON, as the contract has it, without the secret. */
  settings: string;
  /** Challenge password, or the password where it is read; sealed. */
  secret: string | null;
  /** Null: the installation's own. */
  authority_id: string | null;
  /** JSON array of PEM: who signs and decrypts there. */
  registrars: string;
  /** PEM. */
  registrar_certificate: string;
  /** PKCS #8, sealed. */
  registrar_key: string;
  changed_at: number;
}

/** What is under way for one key of a device. */
export interface CertificateEnrolmentTable {
  key_thumbprint: string;
  /** Of the source that it was begun with. */
  revision: number;
  device_id: string;
  /** `waits`: it said that it has not decided, so it knows of the transaction. */
  state: 'told' | 'asked' | 'waits' | 'issued';
  /** Sealed; null: none is wanted. */
  challenge: string | null;
  /** Told: how long the challenge password is good. Asked: how long the call that asks may still wait for the answer. */
  challenge_until: number;
  transaction_id: string;
  /** DER, base64; null before it was sent. */
  request: string | null;
  /** PEM. */
  certificate: string | null;
  created_at: number;
}
