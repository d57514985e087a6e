// Counts a message before it is sent, against every limit at once. Texts are money and mail is reputation: the count is durable before
// anything goes out, all nodes count together, and a message that fails on its way stays counted.
import type { MessageChannel } from '@countersign/contract/message-models.ts';
import type { Tx } from '#db/db.ts';
import { type IdSource, newId } from '#platform/id.ts';
import type { Vault } from '#platform/vault.ts';
import type { CodeChannel, LimitOf } from './channel.ts';
import { holdRules, type Kept } from './message-rules.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export interface CountedMessage {
  readonly address: string;
  readonly userId: string | null;
  /** False: nothing will be sent, since the address is nobody's. It counts for the address as if it were, so that nobody can tell. */
  readonly real: boolean;
}

/** `hidden`: the limit of the user alone is reached; to whoever asked that must look like a message that is sent, and it counts for the address as one. */
export type Counted<Rules> =
  | { readonly kind: 'counted'; readonly rules: Kept<Rules> }
  | { readonly kind: 'not_allowed' }
  | { readonly kind: 'limit'; readonly limit: string; readonly hidden: boolean; readonly rules: Kept<Rules> };

export async function countMessage<Rules extends object>(
  tx: Tx,
  deps: IdSource & { readonly vault: Vault },
  channel: CodeChannel<Rules>,
  { address, userId, real }: CountedMessage,
): Promise<Counted<Rules>> {
  const rules = await holdRules(tx, channel.book);
  const area = channel.areaOf(rules, address);
  if (area === undefined) return { kind: 'not_allowed' };
  const { name } = channel.book;
  const now = deps.clock.now();
  await forgetOld(tx, name, now);
  const address_key = deps.vault.mac(channel.addressPurpose, address).toString('base64url');
  // The user last: who is over another limit learns that one, whoever it is.
  const count = (user_id: string | null, real: 0 | 1) =>
    tx
      .insertInto('message_sends')
      .values({ id: newId(deps, 'smc'), channel: name, at: now, address_key, user_id, area, real })
      .execute();
  const where: Readonly<Record<LimitOf, Where | undefined>> = {
    address: { address_key },
    area: { area, real: 1 },
    total: { real: 1 },
    user: userId === null ? undefined : { user_id: userId },
  };
  for (const [limit, of] of channel.limits) {
    const those = where[of];
    if (!those || !(await isReached(tx, { channel: name, ...those }, allowedBy(rules, limit), now))) continue;
    const hidden = of === 'user';
    if (hidden) await count(null, 0);
    return { kind: 'limit', limit, hidden, rules };
  }
  await count(userId, real ? 1 : 0);
  return { kind: 'counted', rules };
}

interface Allowed {
  readonly hour: number;
  readonly day: number;
}

/** A limit that the rules do not have lets nothing through. */
function allowedBy(rules: object, limit: string): Allowed {
  const of = (name: string): number => Number(Reflect.get(rules, name) ?? 0);
  return { hour: of(`${limit}_hour`), day: of(`${limit}_day`) };
}

interface Where {
  readonly address_key?: string;
  readonly area?: string;
  readonly user_id?: string;
  readonly real?: 1;
}

async function isReached(
  tx: Tx,
  where: Where & { readonly channel: MessageChannel },
  { hour, day }: Allowed,
  now: number,
): Promise<boolean> {
  return (
    (await countSince(tx, where, now - hourMs)) >= hour || (await countSince(tx, where, now - dayMs)) >= day
  );
}

async function countSince(
  tx: Tx,
  where: Where & { readonly channel: MessageChannel },
  since: number,
): Promise<number> {
  let query = tx
    .selectFrom('message_sends')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('at', '>', since)
    .where('channel', '=', where.channel);
  if (where.address_key !== undefined) query = query.where('address_key', '=', where.address_key);
  if (where.area !== undefined) query = query.where('area', '=', where.area);
  if (where.user_id !== undefined) query = query.where('user_id', '=', where.user_id);
  if (where.real !== undefined) query = query.where('real', '=', where.real);
  return Number((await query.executeTakeFirst())?.count ?? 0);
}

/** No limit looks further back than a day; kept a little longer, for clocks that differ. */
async function forgetOld(tx: Tx, channel: MessageChannel, now: number): Promise<void> {
  await tx
    .deleteFrom('message_sends')
    .where('channel', '=', channel)
    .where('at', '<', now - 2 * dayMs)
    .execute();
}
