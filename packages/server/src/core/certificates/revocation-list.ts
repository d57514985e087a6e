// The certificate revocation list (RFC 5280 5): kept in the database, so that every node serves the same one, and made anew when
// something was revoked or half its life is over.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { type CertificateAuthority, isOpen, type KnownAuthority } from './authority.ts';
import { authorityKeyIdentifier, extension, signatureAlgorithmOf, signStructure } from './certificate.ts';
import {
  countRevoked,
  findRevocationList,
  listRevoked,
  type RevokedCertificate,
  replaceRevocationList,
  type StoredRevocationList,
} from './certificate-store.ts';
import { type Der, enumerated, explicit, integer, sequence, time } from './der.ts';

const lifeMs = 7 * 86_400_000;

export interface RevocationList {
  readonly der: Uint8Array;
  readonly number: number;
  /** Epoch milliseconds. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

export interface RevocationListDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** The list of an authority whose key was taken away: the one that was made then, or brought since. Undefined when it has none. */
const keptList = async ({ db }: RevocationListDeps, id: string): Promise<RevocationList | undefined> =>
  readStored(await findRevocationList(db.read, id));

/** The list that is valid now, made anew if need be and if the key is here; undefined when there is none. */
export const revocationListOf = (
  deps: RevocationListDeps,
  authority: KnownAuthority,
): Promise<RevocationList | undefined> =>
  isOpen(authority) ? currentRevocationList(deps, authority) : keptList(deps, authority.id);

/** The list that is valid now, made anew if need be. */
export async function currentRevocationList(
  deps: RevocationListDeps,
  authority: CertificateAuthority,
): Promise<RevocationList> {
  const { db, clock } = deps;
  for (;;) {
    const [stored, revokedCount] = await Promise.all([
      findRevocationList(db.read, authority.id),
      countRevoked(db.read, authority.id),
    ]);
    const current = readStored(stored);
    const fresh = clock.now() >= stored.crl_this_update && clock.now() < stored.crl_next_update - lifeMs / 2;
    if (current && fresh && stored.crl_revoked_count === revokedCount) return current;
    const next = await makeNext(deps, authority, { number: stored.crl_number + 1, revokedCount });
    // When another node was first, its list is read in the next turn.
    if (await db.write((tx) => replaceRevocationList(tx, authority.id, next))) {
      const made = readStored(next);
      if (made) return made;
    }
  }
}

function readStored(stored: StoredRevocationList): RevocationList | undefined {
  if (stored.crl === null) return undefined;
  return {
    der: Buffer.from(stored.crl, 'base64'),
    number: stored.crl_number,
    thisUpdate: stored.crl_this_update,
    nextUpdate: stored.crl_next_update,
  };
}

interface NextList {
  readonly number: number;
  /** Counted before the entries are read: what is revoked in between is counted, and listed, the next time. */
  readonly revokedCount: number;
  /** Default: seven days from now. */
  readonly nextUpdate?: number;
}

/** @returns what is to be stored */
export async function makeNext(
  { db, clock }: RevocationListDeps,
  authority: CertificateAuthority,
  { number, revokedCount, nextUpdate: wanted }: NextList,
): Promise<StoredRevocationList> {
  const thisUpdate = Math.floor(clock.now() / 1000) * 1000;
  const nextUpdate = wanted ?? thisUpdate + lifeMs;
  // An entry must still stand in one list made after its certificate expired (RFC 5280 3.3).
  const revoked = await listRevoked(db.read, authority.id, thisUpdate - lifeMs);
  const der = signRevocationList({ authority, number, thisUpdate, nextUpdate, revoked });
  return {
    crl_number: number,
    crl: Buffer.from(der).toString('base64'),
    crl_revoked_count: revokedCount,
    crl_this_update: thisUpdate,
    crl_next_update: nextUpdate,
  };
}

interface RevocationListFields {
  readonly authority: CertificateAuthority;
  readonly number: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly revoked: readonly RevokedCertificate[];
}

/** @returns CertificateList (RFC 5280 5.1), version 2, as DER. */
export function signRevocationList(fields: RevocationListFields): Der {
  const { authority, revoked } = fields;
  const version2 = integer(1);
  const crlNumber = extension('2.5.29.20', integer(fields.number), { critical: false });
  const toBeSigned = sequence(
    version2,
    signatureAlgorithmOf(authority.privateKey),
    authority.subject,
    time(fields.thisUpdate),
    time(fields.nextUpdate),
    // RFC 5280 5.1.2.6: absent, not empty, when nothing is revoked.
    ...(revoked.length > 0 ? [sequence(...revoked.map(entry))] : []),
    explicit(0, sequence(authorityKeyIdentifier(authority.keyIdentifier), crlNumber)),
  );
  return signStructure(toBeSigned, authority.privateKey);
}

function entry({ serial, revoked_at, revocation_reason }: RevokedCertificate): Der {
  const number = integer(Buffer.from(serial, 'hex'));
  const reason = revocation_reason ?? 0;
  // RFC 5280 5.3.1: "unspecified" is told by leaving the reason out.
  if (reason === 0) return sequence(number, time(revoked_at));
  const code = extension('2.5.29.21', enumerated(reason), { critical: false });
  return sequence(number, time(revoked_at), sequence(code));
}
