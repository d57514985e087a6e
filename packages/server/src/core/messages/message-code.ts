// One-time codes: sent, sent again, and typed. One for each owner, such as an onboarding process, and channel: whoever asks again goes on
// with the same attempts. An address that is nobody's gets a code as well, which is never sent and never right.
import type { CodeRules, MessageChannel, MessageLanguage } from '@countersign/contract/message-models.ts';
import type { Db, Tx } from '#db/db.ts';
import type { MessageCodeTable } from '#db/message-tables.ts';
import { type IdSource, newId } from '#platform/id.ts';
import { newDigits } from '#platform/random.ts';
import { equalInConstantTime } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import type { CodeChannel } from './channel.ts';
import { countMessage } from './count-message.ts';
import type { SentMessage } from './message-queue.ts';
import { holdRules, type Kept, readRules } from './message-rules.ts';

export interface CodeDeps extends IdSource {
  readonly db: Db;
  readonly vault: Vault;
}

export interface CodeOwner {
  readonly purpose: 'onboarding';
  readonly id: string;
}

export interface CodeFor {
  readonly owner: CodeOwner;
  /** Number or address, in the one form in which it is kept. */
  readonly address: string;
  /** Whose it is; null: nobody's, and nothing is sent. */
  readonly userId: string | null;
}

/** What a code is asked for with. */
export interface CodeWish extends CodeFor {
  readonly application: { readonly id: string; readonly name: string };
  readonly language: MessageLanguage;
  /** Told how the sending ended. */
  readonly ended?: (sent: SentMessage) => Promise<void>;
}

/** The same for addresses of users and of nobody. */
export type CodeSent =
  | {
      readonly kind: 'sent';
      readonly expiresAt: number;
      readonly resendAt: number;
      readonly resendsLeft: number;
      readonly sends: boolean;
    }
  | { readonly kind: 'too_soon'; readonly resendAt: number }
  | { readonly kind: 'no_resends' }
  | { readonly kind: 'not_allowed' }
  | { readonly kind: 'limit'; readonly limit: string };

const hashCode = (vault: Vault, channel: MessageChannel, codeId: string, code: string): string =>
  vault.mac(`${channel}-code`, JSON.stringify([codeId, code])).toString('base64url');

/**
 * Makes a code, or a new one in place of the last; attempts stay counted.
 * @param hand called when it is kept, to send it. @throws Unavailable; nothing is sent then
 */
export async function sendCode<Rules extends CodeRules>(
  deps: CodeDeps,
  channel: CodeChannel<Rules>,
  wish: CodeFor,
  hand: (code: string, rules: Rules) => void,
): Promise<CodeSent> {
  const code = newDigits(deps.random, 6);
  const result = await deps.db.write(async (tx) => {
    // Held first, so that of two that ask at once the second sees the first.
    const held = await holdRules(tx, channel.book);
    const before = await findCode(tx, channel, wish.owner);
    const refusal = before && refuseResend(held, before, deps.clock.now());
    if (refusal) return refusal;
    const counted = await countMessage(tx, deps, channel, { ...wish, real: wish.userId !== null });
    // Only a user has a limit of the user: whoever asks shall not learn by it that there is one.
    if (counted.kind === 'not_allowed') return counted;
    if (counted.kind === 'limit' && !counted.hidden) return { kind: 'limit', limit: counted.limit } as const;
    const sends = wish.userId !== null && counted.kind === 'counted';
    const { rules } = counted;
    const row = await keepCode(tx, deps, channel, wish, { before, code: sends ? code : undefined, rules });
    return { kind: 'written' as const, row, rules, sends };
  });
  if (result.kind !== 'written') return result;
  const { row, rules, sends } = result;
  if (sends) hand(code, rules);
  return {
    kind: 'sent',
    expiresAt: row.expires_at,
    resendAt: row.sent_at + rules.resend_seconds * 1000,
    resendsLeft: Math.max(0, rules.code_resends - row.resends),
    sends,
  };
}

function refuseResend(rules: CodeRules, before: MessageCodeTable, now: number): CodeSent | undefined {
  const resendAt = before.sent_at + rules.resend_seconds * 1000;
  const isSpent = before.used_at !== null || before.attempts >= rules.code_attempts;
  if (isSpent || before.resends >= rules.code_resends) return { kind: 'no_resends' };
  return now < resendAt ? { kind: 'too_soon', resendAt } : undefined;
}

interface Keeping {
  readonly before: MessageCodeTable | undefined;
  readonly code: string | undefined;
  readonly rules: CodeRules;
}

async function keepCode<Rules extends CodeRules>(
  tx: Tx,
  deps: CodeDeps,
  { book: { name: channel }, addressPurpose }: CodeChannel<Rules>,
  { owner, address, userId }: CodeFor,
  { before, code, rules }: Keeping,
): Promise<MessageCodeTable> {
  const now = deps.clock.now();
  const id = before?.id ?? newId(deps, 'smc');
  const row: MessageCodeTable = {
    id,
    channel,
    purpose: owner.purpose,
    owner_id: owner.id,
    user_id: userId,
    address: deps.vault.seal(addressPurpose, id, Buffer.from(address)),
    // Of 32 random bytes no six digits have the hash.
    code_hash: hashCode(deps.vault, channel, id, code ?? Buffer.from(deps.random.bytes(32)).toString('hex')),
    attempts: before?.attempts ?? 0,
    resends: before ? before.resends + 1 : 0,
    sent_at: now,
    expires_at: now + rules.code_seconds * 1000,
    used_at: null,
  };
  await tx
    .insertInto('message_codes')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['channel', 'purpose', 'owner_id']).doUpdateSet((e) => ({
        user_id: e.ref('excluded.user_id'),
        address: e.ref('excluded.address'),
        code_hash: e.ref('excluded.code_hash'),
        resends: e.ref('excluded.resends'),
        sent_at: e.ref('excluded.sent_at'),
        expires_at: e.ref('excluded.expires_at'),
      })),
    )
    .execute();
  return row;
}

const findCode = <Rules extends object>(
  tx: Tx,
  { book }: CodeChannel<Rules>,
  owner: CodeOwner,
): Promise<MessageCodeTable | undefined> =>
  tx
    .selectFrom('message_codes')
    .selectAll()
    .where('channel', '=', book.name)
    .where('purpose', '=', owner.purpose)
    .where('owner_id', '=', owner.id)
    .executeTakeFirst();

/** The number or address that the code of an owner went to, for sending it again. */
export async function addressOfCode<Rules extends object>(
  deps: Pick<CodeDeps, 'db' | 'vault'>,
  channel: CodeChannel<Rules>,
  owner: CodeOwner,
): Promise<string | undefined> {
  const row = await deps.db.write((tx) => findCode(tx, channel, owner));
  return row && Buffer.from(deps.vault.open(channel.addressPurpose, row.id, row.address)).toString();
}

export type CodeTyped =
  | { readonly kind: 'right'; readonly userId: string }
  | { readonly kind: 'wrong'; readonly attemptsLeft: number }
  | { readonly kind: 'expired' | 'exhausted' | 'none' };

/**
 * Looks at a code that somebody typed, within the transaction of what it is for. Right: it is used up in the same statement, so of two that
 * come at once one is. Wrong: the attempt is counted in any case, so the caller must commit.
 */
export async function typeCode<Rules extends CodeRules>(
  tx: Tx,
  deps: Pick<CodeDeps, 'vault' | 'clock'>,
  channel: CodeChannel<Rules>,
  owner: CodeOwner,
  typed: string,
): Promise<CodeTyped> {
  const { name } = channel.book;
  const rules: Kept<Rules> = await readRules(tx, channel.book);
  const now = deps.clock.now();
  const attempted = await tx
    .updateTable('message_codes')
    .set((e) => ({ attempts: e('attempts', '+', 1) }))
    .where('channel', '=', name)
    .where('purpose', '=', owner.purpose)
    .where('owner_id', '=', owner.id)
    .where('used_at', 'is', null)
    .where('attempts', '<', rules.code_attempts)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
  if (!attempted) return whyNot(await findCode(tx, channel, owner), rules.code_attempts);
  const isRight = equalInConstantTime(hashCode(deps.vault, name, attempted.id, typed), attempted.code_hash);
  if (!isRight || attempted.user_id === null)
    return { kind: 'wrong', attemptsLeft: rules.code_attempts - attempted.attempts };
  const used = await tx
    .updateTable('message_codes')
    .set({ used_at: now })
    .where('id', '=', attempted.id)
    .where('used_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst();
  return used?.user_id ? { kind: 'right', userId: used.user_id } : { kind: 'none' };
}

function whyNot(row: MessageCodeTable | undefined, most: number): CodeTyped {
  if (!row || row.used_at !== null) return { kind: 'none' };
  return { kind: row.attempts >= most ? 'exhausted' : 'expired' };
}

/** Codes are of no use to anybody some time after they expired. */
export async function forgetCodes({ db, clock }: Pick<CodeDeps, 'db' | 'clock'>): Promise<void> {
  const before = clock.now() - 7 * 86_400_000;
  await db.write((tx) => tx.deleteFrom('message_codes').where('expires_at', '<', before).execute());
}
