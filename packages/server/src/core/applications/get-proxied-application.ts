// What a remote proxy needs of the application whose door it is, and nothing else of it.
import type { ProxiedApplication } from '@countersign/contract/remote-proxy-models.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { findApplicationByAccessId } from './find-application.ts';

/**
 * A disabled one is shown as such: the proxy must tell it from one that does not exist.
 * @param visible id of the only application that the caller may see; null for all. @throws Problem not_found
 */
export async function getProxiedApplication(
  deps: { readonly db: Db },
  visible: string | null,
  accessId: string,
): Promise<ProxiedApplication> {
  const row = await findApplicationByAccessId(deps.db.read, accessId);
  if (!row || (visible !== null && visible !== row.id))
    throw new Problem('not_found', 'there is no such application');
  const { id, access_id, name, request_seconds } = row;
  // Where nobody is let in, nobody is either while the server is away.
  const grace = row.authorisation === 'closed' ? 0 : row.unreachable_grace_seconds;
  return {
    ...{ id, access_id, name, enabled: row.enabled === 1, request_seconds },
    unreachable_grace_seconds: grace,
  };
}
