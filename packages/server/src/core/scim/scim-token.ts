// A SCIM token: with it another system pushes users and teams into one application. Kept as a hash only.
import type { ScimToken } from '@countersign/contract/scim-models.ts';
import type { Selectable } from 'kysely';
import type { ScimTokenTable } from '#db/administration-tables.ts';

export type ScimTokenRow = Selectable<ScimTokenTable>;

export const scimTokenPrefix = 'csp_';

/** @param publicUrl where the server is reached, without a slash at the end */
export const toScimToken = (row: ScimTokenRow, publicUrl: string): ScimToken => ({
  id: row.id,
  name: row.name,
  application_id: row.application_id,
  base_url: `${publicUrl}/scim/v2`,
  expires_at: row.expires_at,
  last_used_at: row.last_used_at,
  created_at: row.created_at,
});
