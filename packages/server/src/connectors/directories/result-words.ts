// Result codes of LDAP (RFC 4511 4.1.9, appendix A) in words for the administrator.
import type { LdapResult } from './response.ts';

export const resultCode = {
  success: 0,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  strongerAuthRequired: 8,
  referral: 10,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  noSuchAttribute: 16,
  inappropriateMatching: 18,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
} as const;

const words: Readonly<Record<number, string>> = {
  1: 'an error inside of it (operationsError)',
  2: 'it did not understand the request (protocolError)',
  3: 'it took longer than the directory allows (timeLimitExceeded)',
  4: 'there is more than this account may read at once (sizeLimitExceeded); raise the limit of the bind account in the directory',
  7: 'it takes no passwords in this way (authMethodNotSupported)',
  8: 'it takes passwords over TLS only (strongerAuthRequired); use LDAPS or StartTLS',
  10: 'it refers to another server, and referrals are not followed; name that server or another base',
  11: 'more work than the directory allows (adminLimitExceeded)',
  12: 'it has no paged results (unavailableCriticalExtension)',
  13: 'it takes passwords over TLS only (confidentialityRequired); use LDAPS or StartTLS',
  16: 'no such attribute (noSuchAttribute)',
  17: 'it knows no such attribute (undefinedAttributeType)',
  18: 'values of the attribute cannot be compared, so none can be taken away (inappropriateMatching)',
  19: 'a rule of the directory is against it (constraintViolation)',
  20: 'the value is there already (attributeOrValueExists)',
  21: 'the attribute takes no such value (invalidAttributeSyntax)',
  32: 'there is no such entry (noSuchObject)',
  34: 'a distinguished name is not written correctly (invalidDNSyntax)',
  48: 'the account has no password, or none was given (inappropriateAuthentication)',
  49: 'name or password of the account are wrong (invalidCredentials)',
  50: 'the account may not do that (insufficientAccessRights)',
  51: 'it has too much to do (busy)',
  52: 'it is shutting down or not ready (unavailable)',
  53: 'it is not willing (unwillingToPerform)',
  65: 'entries of this kind have no such attribute (objectClassViolation)',
};

/** What the result means, and what the server says besides. */
export function describeResult({ code, diagnostic, referrals }: LdapResult): string {
  const meaning = words[code] ?? `result ${code}`;
  const where = referrals.length > 0 ? ` (${referrals.slice(0, 3).join(', ')})` : '';
  return `${meaning}${where}${diagnostic === '' ? '' : `: ${diagnostic}`}`;
}
