// Creates an OpenID provider of an application. It may be without client id at first: to get one, its redirect URI is to be registered.
import {
  maxOpenidProviders,
  type NewOpenidProvider,
  type OpenidProvider,
} from '@countersign/contract/openid-models.ts';
import { holdApplication } from '#core/applications/hold-application.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { type OpenidProviderRow, refuseUnusable, sealClientSecret, settingsText } from './openid-provider.ts';
import { insertProvider, selectProviders, showProvider } from './openid-provider-store.ts';

export interface ProviderDeps extends AuditDeps {
  readonly db: Db;
  readonly publicUrl: string;
}

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found (the application), invalid_request
 */
export async function createOpenidProvider(
  deps: ProviderDeps,
  actor: Actor,
  visible: string | null,
  applicationId: string,
  { client_secret: secret, ...fields }: NewOpenidProvider,
): Promise<OpenidProvider> {
  refuseUnusable(fields, secret !== undefined);
  const now = deps.clock.now();
  const id = newId(deps, 'oip');
  const row: OpenidProviderRow = {
    id,
    application_id: applicationId,
    name: fields.name,
    enabled: fields.enabled ? 1 : 0,
    settings: settingsText(fields),
    client_secret: secret === undefined ? null : sealClientSecret(deps.vault, id, secret),
    revision: 1,
    created_at: now,
    updated_at: now,
  };
  return deps.db.write(async (tx) => {
    await holdApplication(tx, visible, applicationId);
    if ((await selectProviders(tx, applicationId)).length >= maxOpenidProviders)
      throw new Problem(
        'invalid_request',
        `an application has at most ${maxOpenidProviders} OpenID providers`,
      );
    await insertProvider(tx, row);
    const about = { actor, applicationId, subjectId: id };
    const data = { name: row.name, issuer: fields.issuer };
    await recordAudit(tx, deps, { event: 'openid_provider.created', ...about, data });
    return showProvider(tx, row, deps.publicUrl);
  });
}
