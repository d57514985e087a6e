// Codes by SMS: sent, sent again, and typed. One for each owner, such as an onboarding process: whoever asks again goes on with the same
// attempts. A number that is nobody's gets a code as well, which is never sent and never right.
import type { SmsLanguage, SmsRules } from '@countersign/contract/sms-models.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import type { SmsCodeTable } from '#db/sms-tables.ts';
import { newId } from '#platform/id.ts';
import { newDigits } from '#platform/random.ts';
import { equalInConstantTime } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import { countText, type SmsLimit } from './count-text.ts';
import { holdSmsRules, readSmsRules } from './sms-rules.ts';
import { codeText } from './sms-text.ts';
import type { SentText, TextSender } from './send-text.ts';

export interface SmsCodeDeps extends AuditDeps {
  readonly db: Db;
  readonly publicUrl: string;
  readonly texts: TextSender;
}

export interface CodeOwner {
  readonly purpose: 'onboarding';
  readonly id: string;
}

export interface CodeWish {
  readonly owner: CodeOwner;
  readonly application: { readonly id: string; readonly name: string };
  /** `+` and digits. */
  readonly number: string;
  /** Whose number it is; null: nobody's, and nothing is sent. */
  readonly userId: string | null;
  readonly language: SmsLanguage;
  /** Told how the sending ended. */
  readonly ended?: (sent: SentText) => Promise<void>;
}

/** The same for numbers of users and of nobody. */
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
  | { readonly kind: 'limit'; readonly limit: SmsLimit };

const numberPurpose = 'sms-number';
const hashCode = (vault: Vault, codeId: string, code: string): string =>
  vault.mac('sms-code', JSON.stringify([codeId, code])).toString('base64url');

/** Sends a code, or a new one in place of the last; attempts stay counted. @throws Unavailable; nothing is sent then */
export async function sendSmsCode(deps: SmsCodeDeps, wish: CodeWish): Promise<CodeSent> {
  const code = newDigits(deps.random, 6);
  const result = await deps.db.write(async (tx) => {
    // Held first, so that of two that ask at once the second sees the first.
    const held = await holdSmsRules(tx);
    const before = await findCode(tx, wish.owner);
    const refusal = before && refuseResend(held, before, deps.clock.now());
    if (refusal) return refusal;
    const counted = await countText(tx, deps, { ...wish, real: wish.userId !== null });
    // Only a user has a limit of the user: whoever asks shall not learn by it that there is one.
    const hidden = counted.kind === 'limit' && counted.limit === 'user';
    if (counted.kind === 'not_allowed' || (counted.kind === 'limit' && !hidden)) return counted;
    const sends = wish.userId !== null && !hidden;
    const row = await keepCode(tx, deps, wish, {
      before,
      code: sends ? code : undefined,
      rules: counted.rules,
    });
    return { kind: 'written' as const, row, rules: counted.rules, sends };
  });
  if (result.kind !== 'written') return result;
  const { row, rules, sends } = result;
  if (sends) sendCode(deps, wish, code, rules);
  return {
    kind: 'sent',
    expiresAt: row.expires_at,
    resendAt: row.sent_at + rules.resend_seconds * 1000,
    resendsLeft: Math.max(0, rules.code_resends - row.resends),
    sends,
  };
}

function refuseResend(rules: SmsRules, before: SmsCodeTable, now: number): CodeSent | undefined {
  const resendAt = before.sent_at + rules.resend_seconds * 1000;
  const isSpent = before.used_at !== null || before.attempts >= rules.code_attempts;
  if (isSpent || before.resends >= rules.code_resends) return { kind: 'no_resends' };
  return now < resendAt ? { kind: 'too_soon', resendAt } : undefined;
}

function sendCode(
  deps: SmsCodeDeps,
  { owner, application, number, language, ended }: CodeWish,
  code: string,
  rules: Parameters<typeof codeText>[0],
): void {
  const host = new URL(deps.publicUrl).hostname;
  deps.texts.send({
    id: newId(deps, 'smc'),
    number,
    text: codeText(rules, { code, application: application.name, language, host }),
    purpose: owner.purpose,
    ownerId: owner.id,
    applicationId: application.id,
    ...(ended && { ended }),
  });
}

async function keepCode(
  tx: Tx,
  deps: SmsCodeDeps,
  { owner, number, userId }: CodeWish,
  {
    before,
    code,
    rules,
  }: {
    readonly before: SmsCodeTable | undefined;
    readonly code: string | undefined;
    readonly rules: { readonly code_seconds: number };
  },
): Promise<SmsCodeTable> {
  const now = deps.clock.now();
  const id = before?.id ?? newId(deps, 'smc');
  const row: SmsCodeTable = {
    id,
    purpose: owner.purpose,
    owner_id: owner.id,
    user_id: userId,
    number: deps.vault.seal(numberPurpose, id, Buffer.from(number)),
    // Of 32 random bytes no six digits have the hash.
    code_hash: hashCode(deps.vault, id, code ?? Buffer.from(deps.random.bytes(32)).toString('hex')),
    attempts: before?.attempts ?? 0,
    resends: before ? before.resends + 1 : 0,
    sent_at: now,
    expires_at: now + rules.code_seconds * 1000,
    used_at: null,
  };
  await tx
    .insertInto('sms_codes')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['purpose', 'owner_id']).doUpdateSet((e) => ({
        user_id: e.ref('excluded.user_id'),
        number: e.ref('excluded.number'),
        code_hash: e.ref('excluded.code_hash'),
        resends: e.ref('excluded.resends'),
        sent_at: e.ref('excluded.sent_at'),
        expires_at: e.ref('excluded.expires_at'),
      })),
    )
    .execute();
  return row;
}

const findCode = (tx: Tx, owner: CodeOwner): Promise<SmsCodeTable | undefined> =>
  tx
    .selectFrom('sms_codes')
    .selectAll()
    .where('purpose', '=', owner.purpose)
    .where('owner_id', '=', owner.id)
    .executeTakeFirst();

/** The number that the code of an owner went to, for sending it again. */
export async function numberOfCode(deps: SmsCodeDeps, owner: CodeOwner): Promise<string | undefined> {
  const row = await deps.db.write((tx) => findCode(tx, owner));
  return row && Buffer.from(deps.vault.open(numberPurpose, row.id, row.number)).toString();
}

export type CodeTyped =
  | { readonly kind: 'right'; readonly userId: string }
  | { readonly kind: 'wrong'; readonly attemptsLeft: number }
  | { readonly kind: 'expired' | 'exhausted' | 'none' };

/**
 * Looks at a code that somebody typed, within the transaction of what it is for. Right: it is used up in the same statement, so of two that
 * come at once one is. Wrong: the attempt is counted in any case, so the caller must commit.
 */
export async function typeSmsCode(
  tx: Tx,
  deps: Pick<SmsCodeDeps, 'vault' | 'clock'>,
  owner: CodeOwner,
  typed: string,
): Promise<CodeTyped> {
  const rules = await readSmsRules(tx);
  const now = deps.clock.now();
  const attempted = await tx
    .updateTable('sms_codes')
    .set((e) => ({ attempts: e('attempts', '+', 1) }))
    .where('purpose', '=', owner.purpose)
    .where('owner_id', '=', owner.id)
    .where('used_at', 'is', null)
    .where('attempts', '<', rules.code_attempts)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
  if (!attempted) return whyNot(await findCode(tx, owner), rules.code_attempts);
  const isRight = equalInConstantTime(hashCode(deps.vault, attempted.id, typed), attempted.code_hash);
  if (!isRight || attempted.user_id === null)
    return { kind: 'wrong', attemptsLeft: rules.code_attempts - attempted.attempts };
  const used = await tx
    .updateTable('sms_codes')
    .set({ used_at: now })
    .where('id', '=', attempted.id)
    .where('used_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst();
  return used?.user_id ? { kind: 'right', userId: used.user_id } : { kind: 'none' };
}

function whyNot(row: SmsCodeTable | undefined, most: number): CodeTyped {
  if (!row || row.used_at !== null) return { kind: 'none' };
  return { kind: row.attempts >= most ? 'exhausted' : 'expired' };
}

/** Codes are of no use to anybody some time after they expired. */
export async function forgetSmsCodes({ db, clock }: Pick<SmsCodeDeps, 'db' | 'clock'>): Promise<void> {
  const before = clock.now() - 7 * 86_400_000;
  await db.write((tx) => tx.deleteFrom('sms_codes').where('expires_at', '<', before).execute());
}
