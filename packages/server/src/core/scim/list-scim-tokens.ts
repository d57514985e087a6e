// Lists SCIM tokens, newest first.
import type { ScimToken } from '@countersign/contract/scim-models.ts';
import type { Db } from '#db/db.ts';
import { type Page, toPage } from '#db/page.ts';
import { toScimToken } from './scim-token.ts';
import { type ScimTokenQuery, selectScimTokens } from './scim-token-store.ts';

/** @param visible id of the only application whose tokens the caller may see; null for all. @throws Problem invalid_request */
export async function listScimTokens(
  deps: { readonly db: Db; readonly publicUrl: string },
  visible: string | null,
  query: ScimTokenQuery,
): Promise<Page<ScimToken>> {
  const page = toPage(await selectScimTokens(deps.db.read, visible, query), query, ({ id }) => [id]);
  return {
    items: page.items.map((row) => toScimToken(row, deps.publicUrl)),
    nextCursor: page.nextCursor,
  };
}
