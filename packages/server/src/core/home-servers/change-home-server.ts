// Changes a home server, or gives it a new shared secret.
import type { HomeServer, HomeServerChanges } from '@countersign/contract/radius-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { Problem } from '#platform/problem.ts';
import {
  canonicalAddress,
  type HomeServerRow,
  homeServerSecretPurpose,
  toHomeServer,
} from './home-server.ts';
import { requireHomeServer, updateHomeServer } from './home-server-store.ts';

/**
 * Fields that are absent stay untouched; a change that changes nothing writes nothing.
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found, invalid_request (the address), name_taken.
 */
export async function changeHomeServer(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
  { shared_secret, ...given }: HomeServerChanges,
): Promise<HomeServer> {
  requireInstallationWide(visible);
  const changes =
    given.address === undefined ? given : { ...given, address: canonicalAddress(given.address) };
  const sealed =
    shared_secret === undefined
      ? undefined
      : deps.vault.seal(homeServerSecretPurpose, id, Buffer.from(shared_secret));
  return deps.db
    .write(async (tx) => {
      const before = await requireHomeServer(tx, id);
      const changed: string[] = changedFields(toHomeServer(before), changes);
      if (sealed !== undefined) changed.push('shared_secret');
      if (changed.length === 0) return toHomeServer(before);
      const set = { ...toColumns(changes), ...(sealed !== undefined && { shared_secret: sealed }) };
      const row = await updateHomeServer(tx, id, deps.clock.now(), set);
      if (!row) throw new Problem('not_found');
      await recordAudit(tx, deps, {
        event: 'home_server.changed',
        actor,
        subjectId: id,
        data: changeOf(changed, before, changes),
      });
      return toHomeServer(row);
    })
    .catch(asNameTaken('name'));
}

const toColumns = (changes: Omit<HomeServerChanges, 'shared_secret'>): Partial<HomeServerRow> => ({
  ...(changes.name !== undefined && { name: changes.name, name_key: nameKey(changes.name) }),
  ...(changes.address !== undefined && { address: changes.address }),
  ...(changes.port !== undefined && { port: changes.port }),
  ...(changes.message_authenticator !== undefined && {
    message_authenticator: changes.message_authenticator,
  }),
  ...(changes.timeout_ms !== undefined && { timeout_ms: changes.timeout_ms }),
  ...(changes.tries !== undefined && { tries: changes.tries }),
  ...(changes.dead_seconds !== undefined && { dead_seconds: changes.dead_seconds }),
});
