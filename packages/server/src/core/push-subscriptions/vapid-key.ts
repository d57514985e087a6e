// The installation's key for push services (RFC 8292): made once, the same on all nodes, since browsers bind a subscription to it.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Read } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import type { VapidKey } from './push-subscription.ts';

const keyPurpose = 'vapid-key';
const owner = 'installation';

/** The key; of several nodes that start at the same time, one makes it. @throws VaultError, Unavailable */
export async function ensureVapidKey(deps: AuditDeps & { readonly db: Db }): Promise<VapidKey> {
  const found = await findVapidKey(deps.db.read, deps.vault);
  if (found) return found;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await deps.db.write(async (tx) => {
    const made = await tx
      .insertInto('vapid_keys')
      .values({
        singleton: 1,
        public_key: pointOf(privateKey).toString('base64url'),
        private_key: deps.vault.seal(keyPurpose, owner, privateKey.export({ format: 'der', type: 'pkcs8' })),
        created_at: deps.clock.now(),
      })
      .onConflict((c) => c.column('singleton').doNothing())
      .returning('public_key')
      .executeTakeFirst();
    if (made) await recordAudit(tx, deps, { event: 'vapid_key.created', actor: { kind: 'system' } });
  });
  const made = await findVapidKey(deps.db.read, deps.vault);
  if (!made) throw new Error('the key for push services was written and is not there');
  return made;
}

/** @throws VaultError when it was sealed with another master key */
export async function findVapidKey(read: Read, vault: Vault): Promise<VapidKey | undefined> {
  const row = await read.selectFrom('vapid_keys').selectAll().executeTakeFirst();
  if (!row) return undefined;
  const key = Buffer.from(vault.open(keyPurpose, owner, row.private_key));
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  if (pointOf(privateKey).toString('base64url') !== row.public_key)
    throw new Error('the two halves of the key for push services do not belong together');
  return { publicKey: row.public_key, privateKey };
}

/** Uncompressed (SEC 1 2.3.3). */
function pointOf(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: 'jwk' });
  const coordinate = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  return Buffer.concat([Buffer.of(4), coordinate(x), coordinate(y)]);
}
