// Which requirements nobody could meet in an application as things stand, since what they need is not set up.
import { type RequirementNeed as Need, requirementNeeds } from '@countersign/contract/requirement-kinds.ts';
import type { Requirements } from '@countersign/contract/onboarding-models.ts';
import type { Read } from '#db/db.ts';

const hasGateway = (read: Read, channel: 'sms' | 'mail') =>
  read
    .selectFrom('message_gateways')
    .select('id')
    .where('channel', '=', channel)
    .where('enabled', '=', 1)
    .limit(1)
    .executeTakeFirst();

const inApplication = (
  read: Read,
  table: 'openid_providers' | 'user_sources',
  id: string,
): Promise<unknown> =>
  read
    .selectFrom(table)
    .select('id')
    .where('application_id', '=', id)
    .where('enabled', '=', 1)
    .limit(1)
    .executeTakeFirst();

const hasPassword = (read: Read, id: string): Promise<unknown> =>
  read
    .selectFrom('users')
    .select('id')
    .where('application_id', '=', id)
    .where('password_hash', 'is not', null)
    .limit(1)
    .executeTakeFirst();

const found: Readonly<Record<Need, (read: Read, applicationId: string) => Promise<unknown>>> = {
  simple_credentials: async (read, id) =>
    (await inApplication(read, 'user_sources', id)) ?? hasPassword(read, id),
  sms: (read) => hasGateway(read, 'sms'),
  email_code: (read) => hasGateway(read, 'mail'),
  openid_connect: (read, id) => inApplication(read, 'openid_providers', id),
};

/** In the order of the table. */
export async function findUnmeetable(read: Read, applicationId: string): Promise<Requirements['unmeetable']> {
  const lacking: Requirements['unmeetable'] = [];
  for (const kind of Object.keys(requirementNeeds) as Need[])
    if ((await found[kind](read, applicationId)) === undefined)
      lacking.push({ kind, text: requirementNeeds[kind] });
  return lacking;
}
