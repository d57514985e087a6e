// The links by which somebody becomes an administrator without a default password: a setup link makes an owner, an invitation link
// gives an administrator who exists already the first password or passkey. Each works once, for a day.
import type { SetupInspection } from '@countersign/contract/administrator-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { newToken } from '#platform/random.ts';
import { hashToken } from '#platform/secret.ts';
import {
  expireSetupLinks,
  insertSetupLink,
  type OpenSetupLink,
  selectSetupLink,
} from './setup-link-store.ts';

const tokenPrefixes = { setup: 'csu_', invitation: 'cin_' } as const;
const validMilliseconds = 86_400_000;

/** The token stands behind the #, which browsers send to no server: no log has it. */
export const linkOf = (publicUrl: string, kind: 'setup' | 'invitation', token: string): string =>
  `${publicUrl}/console/#/${kind}/${token}`;

export interface MadeLink {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Makes a setup link; earlier ones that were not used stop working. */
export async function createSetupLink(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
): Promise<MadeLink> {
  return deps.db.write(async (tx) => {
    const id = newId(deps, 'sul');
    const expiresAt = deps.clock.now() + validMilliseconds;
    // First, since it locks this node's chain: of two links made at once, the later then expires the earlier.
    await recordAudit(tx, deps, { event: 'setup_link.created', actor, subjectId: id, data: { expiresAt } });
    return writeLink(tx, deps, id, null);
  });
}

/** Makes an invitation link in the transaction that tells why; earlier ones of the same administrator stop working. */
export const createInvitation = (tx: Tx, deps: AuditDeps, administratorId: string): Promise<MadeLink> =>
  writeLink(tx, deps, newId(deps, 'sul'), administratorId);

async function writeLink(
  tx: Tx,
  deps: AuditDeps,
  id: string,
  administratorId: string | null,
): Promise<MadeLink> {
  const token = newToken(deps.random, tokenPrefixes[administratorId === null ? 'setup' : 'invitation']);
  const now = deps.clock.now();
  const expiresAt = now + validMilliseconds;
  await expireSetupLinks(tx, administratorId, now);
  await insertSetupLink(tx, {
    id,
    administrator_id: administratorId,
    token_hash: hashToken(token),
    created_at: now,
    expires_at: expiresAt,
    used_at: null,
  });
  return { token, expiresAt };
}

/** Looks a link up without using it. @throws Problem setup_link_invalid */
export async function requireSetupLink(
  deps: Pick<AuditDeps, 'clock'> & { readonly db: Db },
  token: string,
): Promise<OpenSetupLink> {
  const link = await selectSetupLink(deps.db.read, hashToken(token), deps.clock.now());
  if (!link) throw new Problem('setup_link_invalid');
  return link;
}

/** @throws Problem setup_link_invalid */
export async function inspectSetupLink(
  deps: Pick<AuditDeps, 'clock'> & { readonly db: Db },
  token: string,
): Promise<SetupInspection> {
  const link = await requireSetupLink(deps, token);
  return {
    kind: link.administrator_id === null ? 'setup' : 'invitation',
    username: link.username,
    role: link.role ?? 'owner',
    expires_at: link.expires_at,
  };
}
