// Takes the private key of the root out of the database. What is left is its certificate, and a revocation list that holds as long as it.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type Authorities, type CertificateAuthority, isOpen } from './authority.ts';
import { forgetKey, selectAuthority } from './authority-store.ts';
import { countRevoked, findRevocationList, replaceRevocationList } from './certificate-store.ts';
import { makeNext } from './revocation-list.ts';

/** The newest root, with its key. @throws Problem not_found: there is none; authority_key_away: it was taken before */
export async function requireRoot(authorities: Pick<Authorities, 'all'>): Promise<CertificateAuthority> {
  const root = (await authorities.all()).find(({ kind }) => kind === 'root');
  if (!root) throw new Problem('not_found', 'The authority here has no root above it');
  if (!isOpen(root)) throw new Problem('authority_key_away', 'it was taken away before');
  return root;
}

/** Key and certificate as one text: PKCS #8 encrypted as in RFC 8018 (openssl reads it), then the certificate. */
export function writeRoot(root: CertificateAuthority, passphrase: string, listUrl: string): string {
  const key = root.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase });
  return `Revocation list: ${listUrl}\n${String(key)}${root.certificate}`;
}

export interface OpenedRoot {
  readonly privateKey: ReturnType<typeof createPrivateKey>;
  readonly certificate: X509Certificate;
  /** Null when the text does not say it. */
  readonly listUrl: string | null;
}

/** Opens what `writeRoot` wrote. @throws Error when it is not that, or the passphrase is another one */
export function readRoot(text: string, passphrase: string): OpenedRoot {
  const privateKey = createPrivateKey({ key: text, passphrase });
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0] ?? '';
  const certificate = new X509Certificate(pem);
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('key and certificate do not belong together');
  return { privateKey, certificate, listUrl: /^Revocation list: (\S+)$/m.exec(text)?.[1] ?? null };
}

/**
 * Forgets the key of a root, once it is safe elsewhere.
 * @throws Problem authority_key_away: somebody else did meanwhile
 */
export async function takeRootAway(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  root: CertificateAuthority,
): Promise<void> {
  const { db } = deps;
  for (;;) {
    const [row, stored, revokedCount] = await Promise.all([
      selectAuthority(db.read, root.id),
      findRevocationList(db.read, root.id),
      countRevoked(db.read, root.id),
    ]);
    if (!row || row.private_key === '') throw new Problem('authority_key_away', 'it was taken away before');
    // A list that ended would make everything below unverifiable, and nobody is there to sign the next one.
    const next = { number: stored.crl_number + 1, revokedCount, nextUpdate: root.notAfter };
    const list = await makeNext(deps, root, next);
    const isDone = await db.write(async (tx) => {
      if (!(await replaceRevocationList(tx, root.id, list))) return false;
      if (!(await forgetKey(tx, root.id, row.private_key))) throw new Problem('authority_key_away');
      await recordAudit(tx, deps, {
        event: 'certificate_authority.root_taken_away',
        actor,
        subjectId: root.id,
      });
      return true;
    });
    if (isDone) return;
  }
}
