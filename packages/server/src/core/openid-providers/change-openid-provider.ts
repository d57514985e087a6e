// Changes an OpenID provider, or gives it a new client secret. Whoever changes where the secret is sent must know it.
import type { OpenidProvider, OpenidProviderChanges } from '@countersign/contract/openid-models.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, recordAudit } from '#core/audit/record-audit.ts';
import { Problem } from '#platform/problem.ts';
import type { ProviderDeps } from './create-openid-provider.ts';
import {
  fieldsOf,
  type OpenidProviderRow,
  type ProviderFields,
  refuseUnusable,
  sealClientSecret,
  settingsText,
  whereSecretGoes,
} from './openid-provider.ts';
import { requireProvider, showProvider, updateProvider } from './openid-provider-store.ts';

/**
 * Fields that are absent stay untouched; a change that changes nothing writes nothing.
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, invalid_request, changed_meanwhile
 */
export async function changeOpenidProvider(
  deps: ProviderDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  { client_secret: secret, ...changes }: OpenidProviderChanges,
): Promise<OpenidProvider> {
  const sealed = secret === undefined ? undefined : sealClientSecret(deps.vault, id, secret);
  return deps.db.write(async (tx) => {
    const row = await requireProvider(tx, visible, id);
    const before = fieldsOf(row);
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const after: ProviderFields = { ...before, ...given };
    const changed: string[] = changedFields(before, changes);
    if (sealed === undefined) refuseWithoutSecret(row, changed);
    else changed.push('client_secret');
    if (changed.length === 0) return showProvider(tx, row, deps.publicUrl);
    refuseUnusable(after, row.client_secret !== null || sealed !== undefined);
    const written = await updateProvider(tx, row, {
      name: after.name,
      enabled: after.enabled ? 1 : 0,
      settings: settingsText(after),
      updated_at: deps.clock.now(),
      ...(sealed !== undefined && { client_secret: sealed }),
    });
    // Only a race comes here; whoever was first is not overwritten.
    if (!written) throw new Problem('changed_meanwhile');
    const about = { actor, applicationId: row.application_id, subjectId: id };
    const data = changeOf(changed, before, after);
    await recordAudit(tx, deps, { event: 'openid_provider.changed', ...about, data });
    return showProvider(tx, written, deps.publicUrl);
  });
}

/** @throws Problem invalid_request */
function refuseWithoutSecret({ client_secret }: OpenidProviderRow, changed: readonly string[]): void {
  const elsewhere = whereSecretGoes.filter((field) => changed.includes(field));
  if (client_secret === null || elsewhere.length === 0) return;
  throw new Problem('invalid_request', undefined, [
    {
      field: 'client_secret',
      message: `is needed again, since this changes where it is sent: ${elsewhere.join(', ')}`,
    },
  ]);
}
