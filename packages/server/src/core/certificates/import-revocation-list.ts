// A revocation list that was signed elsewhere, of an authority of ours whose key is not here.
import { verify, X509Certificate } from 'node:crypto';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type Authorities, isOpen, type KnownAuthority } from './authority.ts';
import { type Asn1, memberAt, readBer } from './ber.ts';
import { isSignatureAlgorithm } from './certificate.ts';
import { countRevoked, findRevocationList, replaceRevocationList } from './certificate-store.ts';
import { objectIdentifier, splitSigned } from './der.ts';

export const maxListBytes = 1_000_000;
const numberType = objectIdentifier('2.5.29.20');
const largestNumber = 2 ** 48;

interface ReadList {
  readonly issuer: Buffer;
  readonly number: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

/** @param der CertificateList. @returns its number. @throws Problem authority_unsuitable, in_use (a newer one is here) */
export async function importRevocationList(
  deps: AuditDeps & { readonly db: Db; readonly authorities: Pick<Authorities, 'all'> },
  actor: Actor,
  der: Uint8Array,
): Promise<number> {
  const list = der.length > maxListBytes ? undefined : readRevocationList(der);
  if (!list) throw new Problem('authority_unsuitable', 'it is no revocation list with number and dates');
  const authority = (await deps.authorities.all()).find((each) => isSignedBy(each, list, der));
  if (!authority) throw new Problem('authority_unsuitable', 'no authority of this installation signed it');
  if (isOpen(authority))
    throw new Problem('in_use', 'the key of this authority is here, and signs its lists by itself');
  const { crl_number: before } = await findRevocationList(deps.db.read, authority.id);
  const now = deps.clock.now();
  if (list.number <= before)
    throw new Problem(
      'in_use',
      `the list that is here has the number ${before}; this one must have a higher one`,
    );
  if (list.thisUpdate > now || list.nextUpdate <= now)
    throw new Problem('authority_unsuitable', 'it is outside its dates');
  const revokedCount = await countRevoked(deps.db.read, authority.id);
  await deps.db.write(async (tx) => {
    const stored = {
      ...{
        crl_number: list.number,
        crl: Buffer.from(der).toString('base64'),
        crl_revoked_count: revokedCount,
      },
      ...{ crl_this_update: list.thisUpdate, crl_next_update: list.nextUpdate },
    };
    if (!(await replaceRevocationList(tx, authority.id, stored, before)))
      throw new Problem('in_use', 'another list was brought at the same time');
    const data = { number: list.number };
    const event = 'certificate_authority.list_imported' as const;
    await recordAudit(tx, deps, { event, actor, subjectId: authority.id, data });
  });
  return list.number;
}

function isSignedBy(
  { subject, certificate }: KnownAuthority,
  { issuer }: ReadList,
  der: Uint8Array,
): boolean {
  const signed = splitSigned(der);
  if (!signed || !isSignatureAlgorithm(signed.algorithm) || !issuer.equals(subject)) return false;
  try {
    return verify('sha256', signed.toBeSigned, new X509Certificate(certificate).publicKey, signed.signature);
  } catch {
    return false;
  }
}

/** TBSCertList (RFC 5280 5.1): version, signature, issuer, thisUpdate, nextUpdate, revoked, [0] extensions. */
function readRevocationList(der: Uint8Array): ReadList | undefined {
  const list = memberAt(readBer(der), 0, 0x30);
  const issuer = memberAt(list, 2, 0x30)?.whole;
  const thisUpdate = readTime(list?.members[3]);
  const nextUpdate = readTime(list?.members[4]);
  const extensions = list?.members.find(({ tag }) => tag === 0xa0)?.members[0]?.members ?? [];
  const found = extensions.find((each) => memberAt(each, 0, 0x06)?.whole.equals(numberType));
  const number = readInteger(readBer(found?.members.at(-1)?.content ?? Buffer.alloc(0)));
  if (!issuer || number === undefined || thisUpdate === undefined || nextUpdate === undefined)
    return undefined;
  return { issuer, number, thisUpdate, nextUpdate };
}

function readInteger(node: Asn1 | undefined): number | undefined {
  if (node?.tag !== 0x02 || node.content.length < 1 || node.content.length > 7) return undefined;
  const value = Number(BigInt(`0x${node.content.toString('hex')}`));
  return value < largestNumber ? value : undefined;
}

/** UTCTime or GeneralizedTime to the second (RFC 5280 5.1.2.4). */
function readTime(node: Asn1 | undefined): number | undefined {
  const text = node?.content.toString('latin1') ?? '';
  const digits =
    node?.tag === 0x17 && /^\d{12}Z$/.test(text) ? `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}` : text;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (!parts || (node?.tag !== 0x17 && node?.tag !== 0x18)) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}
