// Where the public URL has what whoever verifies certificates asks for.

/** Revocation lists: by the id of the authority; those of the first releases name none. */
export const revocationListPath = '/v1/ca/crl';
/** The state of one certificate. */
export const statusPath = '/v1/ca/ocsp';

export const revocationListUrl = (publicUrl: string, authorityId: string): string =>
  `${publicUrl}${revocationListPath}/${authorityId}`;
