// Lists onboarding links, newest first, used and expired ones among them. The links themselves are not known any more.
import type { OnboardingLink } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { type PageRequest, readCursor, toPage } from '#db/page.ts';
import { toOnboardingLink } from './onboarding-link.ts';
import { listLinkRows } from './onboarding-store.ts';

/** @throws Problem invalid_request when the cursor is none of ours. */
export async function listOnboardingLinks(
  { db }: { readonly db: Db },
  visible: string | null,
  query: PageRequest & { readonly user_id?: string | undefined },
): Promise<{ items: OnboardingLink[]; next_cursor: string | null }> {
  const [before] = readCursor(query, 1) ?? [];
  const filter = { userId: query.user_id, before, limit: query.limit + 1 };
  const rows = await listLinkRows(db.read, visible, filter);
  const { items, nextCursor } = toPage(rows, query, ({ id }) => [id]);
  return { items: items.map(toOnboardingLink), next_cursor: nextCursor };
}
