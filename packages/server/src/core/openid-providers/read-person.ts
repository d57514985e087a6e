// From the claims of a provider to a person, by the map of its settings: who it is, and whether such people are let in.
import { createHash } from 'node:crypto';
import type { OpenidRefusal } from '@countersign/contract/openid-words.ts';
import type { ForeignUser } from '#core/users/keep-foreign-user.ts';
import type { Claims } from './openid-client.ts';
import type { ProviderFields } from './openid-provider.ts';

export interface OpenidPerson extends ForeignUser {
  /** As the provider has it; the guid is made of issuer and this. */
  readonly subject: string;
}

export type ReadPerson =
  | { readonly kind: 'person'; readonly person: OpenidPerson }
  | { readonly kind: 'refused'; readonly refusal: OpenidRefusal; readonly detail: string };

/** More groups are not looked at. */
const maxGroups = 2000;

/** @param claims of ID token and UserInfo endpoint together; what is signed counts */
export function readPerson(fields: ProviderFields, claims: Claims): ReadPerson {
  const refused = (refusal: OpenidRefusal, detail: string): ReadPerson => ({
    kind: 'refused',
    refusal,
    detail,
  });
  const subject = textClaim(claims, fields.claim_id);
  if (subject === '') return refused('id_missing', fields.claim_id);
  const username = textClaim(claims, fields.claim_username).trim();
  if (username === '') return refused('username_missing', fields.claim_username);
  const email = emailOf(fields, claims);
  if (isUnverified(claims) && addressCounts(fields))
    return refused('email_unverified', textClaim(claims, addressClaim));
  if (fields.email_domains.length > 0 && !fields.email_domains.includes(domainOf(email.address)))
    return refused('email_domain', email.address === '' ? 'there is none' : email.address);
  const groups = groupsOf(fields, claims);
  if (fields.mandatory_group !== null && !groups.includes(fields.mandatory_group))
    return refused('group_missing', groupsSaid(fields, claims, groups));
  const person: OpenidPerson = {
    subject,
    guid: guidOf(fields.issuer, subject),
    username,
    full_name: textClaim(claims, fields.claim_full_name),
    email: email.unverified ? '' : email.address,
    phone: textClaim(claims, fields.claim_phone),
    teams: fields.groups.filter(({ group }) => groups.includes(group)).map(({ team }) => team),
  };
  return { kind: 'person', person };
}

/** Issuer and subject together (OpenID Connect Core 5.7), so that people of two providers are never one. */
const guidOf = (issuer: string, subject: string): string =>
  `openid:${createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url')}`;

/** A claim of this very name, or one within others: `realm_access.roles`. */
function claimOf(claims: Claims, name: string): unknown {
  if (name === '') return undefined;
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((within, part) => {
    const isObject = typeof within === 'object' && within !== null && Object.hasOwn(within, part);
    return isObject ? Reflect.get(within, part) : undefined;
  }, claims);
}

function textClaim(claims: Claims, name: string): string {
  const value = claimOf(claims, name);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? value : '';
}

/** The one claim that the provider says of whether it is verified. */
const addressClaim = 'email';

/** A provider that says nothing of it is believed; one that says “not verified” is, too (OpenID Connect Core 5.1). */
const isUnverified = ({ email_verified: verified }: Claims): boolean =>
  verified === false || verified === 'false';

/** Whether somebody gets in, or is somebody, by the address. */
const addressCounts = ({ claim_id, claim_username, claim_email, email_domains }: ProviderFields): boolean =>
  [claim_id, claim_username].includes(addressClaim) ||
  (claim_email === addressClaim && email_domains.length > 0);

const emailOf = ({ claim_email: name }: ProviderFields, claims: Claims) => ({
  address: textClaim(claims, name),
  unverified: name === addressClaim && isUnverified(claims),
});

/** Empty for what is no address: a domain alone is not one of its addresses. */
const domainOf = (address: string): string => /.@([^@]*)$/.exec(address)?.[1]?.toLowerCase() ?? '';

function groupsOf({ claim_groups: name }: ProviderFields, claims: Claims): readonly string[] {
  const value = claimOf(claims, name);
  return [value]
    .flat(1)
    .slice(0, maxGroups)
    .filter((group) => typeof group === 'string');
}

function groupsSaid(
  { claim_groups: name }: ProviderFields,
  claims: Claims,
  groups: readonly string[],
): string {
  if (claimOf(claims, name) === undefined) return `the claim ${name} is missing`;
  return groups.length === 0 ? `the claim ${name} has none` : `the claim ${name} has others`;
}
