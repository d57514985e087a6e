// Counts a text before it is sent, against every limit at once. Texts are money: the count is durable before anything goes out, all nodes
// count together, and a text that fails on its way stays counted.
import type { SmsRules } from '@countersign/contract/sms-models.ts';
import type { Tx } from '#db/db.ts';
import { type IdSource, newId } from '#platform/id.ts';
import type { Vault } from '#platform/vault.ts';
import { allowedPrefix } from './phone-number.ts';
import { holdSmsRules } from './sms-rules.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export interface CountedText {
  readonly number: string;
  readonly userId: string | null;
  /** False: nothing will be sent, since the number is nobody's. It counts for the number as if it were, so that nobody can tell. */
  readonly real: boolean;
}

export type SmsLimit = 'number' | 'user' | 'prefix' | 'total';

/** `user`: the limit of the user alone is reached; to whoever asked that must look like a text that is sent, and it counts for the number as one. */
export type Counted =
  | { readonly kind: 'counted'; readonly rules: SmsRules }
  | { readonly kind: 'not_allowed' }
  | { readonly kind: 'limit'; readonly limit: SmsLimit; readonly rules: SmsRules };

export async function countText(
  tx: Tx,
  deps: IdSource & { readonly vault: Vault },
  { number, userId, real }: CountedText,
): Promise<Counted> {
  const rules = await holdSmsRules(tx);
  const prefix = allowedPrefix(rules, number);
  if (prefix === undefined) return { kind: 'not_allowed' };
  const now = deps.clock.now();
  await forgetOld(tx, now);
  const number_key = deps.vault.mac('sms-number', number).toString('base64url');
  // The user last: who is over another limit learns that one, whoever it is.
  const count = (user_id: string | null, real: 0 | 1) =>
    tx
      .insertInto('sms_sends')
      .values({ id: newId(deps, 'smc'), at: now, number_key, user_id, prefix, real })
      .execute();
  const limits: readonly [SmsLimit, Where, number, number][] = [
    ['number', { number_key }, rules.number_hour, rules.number_day],
    ['total', { real: 1 }, rules.total_hour, rules.total_day],
    ['prefix', { prefix, real: 1 }, rules.prefix_hour, rules.prefix_day],
    ...(userId === null
      ? []
      : [
          ['user', { user_id: userId }, rules.user_hour, rules.user_day] as [SmsLimit, Where, number, number],
        ]),
  ];
  for (const [limit, where, hour, day] of limits) {
    const isReached =
      (await countSince(tx, where, now - hourMs)) >= hour ||
      (await countSince(tx, where, now - dayMs)) >= day;
    if (!isReached) continue;
    if (limit === 'user') await count(null, 0);
    return { kind: 'limit', limit, rules };
  }
  await count(userId, real ? 1 : 0);
  return { kind: 'counted', rules };
}

interface Where {
  readonly number_key?: string;
  readonly prefix?: string;
  readonly user_id?: string;
  readonly real?: 1;
}

async function countSince(tx: Tx, where: Where, since: number): Promise<number> {
  let query = tx
    .selectFrom('sms_sends')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('at', '>', since);
  if (where.number_key !== undefined) query = query.where('number_key', '=', where.number_key);
  if (where.prefix !== undefined) query = query.where('prefix', '=', where.prefix);
  if (where.user_id !== undefined) query = query.where('user_id', '=', where.user_id);
  if (where.real !== undefined) query = query.where('real', '=', where.real);
  return Number((await query.executeTakeFirst())?.count ?? 0);
}

/** No limit looks further back than a day; kept a little longer, for clocks that differ. */
async function forgetOld(tx: Tx, now: number): Promise<void> {
  await tx
    .deleteFrom('sms_sends')
    .where('at', '<', now - 2 * dayMs)
    .execute();
}
