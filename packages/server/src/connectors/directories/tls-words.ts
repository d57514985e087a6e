// Errors of TLS in words that say what to do about them.

const untrusted =
  'its certificate comes from an authority that is not trusted here; give that authority’s certificate in the settings';

const words: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: 'its certificate, or one of its authority, has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; compare the clocks',
  CERT_REVOKED: 'its certificate was revoked',
  INVALID_PURPOSE: 'its certificate is not meant for servers',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'it does not speak TLS at this port; LDAPS usually has port 636, and StartTLS port 389',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks no TLS of version 1.2 or newer',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it speaks no TLS of version 1.2 or newer',
  ECONNRESET: 'it broke off while TLS was set up; does it speak TLS at this port?',
};

/** @param host as the settings name it */
export function describeTlsError(error: NodeJS.ErrnoException, host: string): string {
  const code = error.code ?? 'error';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `its certificate is not for ${host}${alternatives(error)}`;
  const known = words[code];
  return known ? `${known} (${code})` : `TLS could not be set up (${code})`;
}

/** Which names it is for, as Node saw them. */
function alternatives(error: Error): string {
  const certificate: unknown = 'cert' in error ? error.cert : undefined;
  const names: unknown =
    typeof certificate === 'object' && certificate !== null && 'subjectaltname' in certificate
      ? certificate.subjectaltname
      : undefined;
  return typeof names === 'string' ? ` but for ${names.slice(0, 200)}` : '';
}
