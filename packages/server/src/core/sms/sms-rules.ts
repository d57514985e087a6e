// Where texts may go, how many, and what they say: kept in the database, so that all nodes go by the same.
import { type SmsRules, smsRulesDefaults, type SmsRulesChanges } from '@countersign/contract/sms-models.ts';
import { changedFields } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db, Read, Tx } from '#db/db.ts';

/** The rules that hold; the defaults where nothing is kept. */
export async function readSmsRules(read: Read): Promise<SmsRules> {
  const row = await read.selectFrom('sms_rules').selectAll().where('singleton', '=', 1).executeTakeFirst();
  const kept = JSON.parse(row?.rules ?? '{}') as Partial<SmsRules>;
  return { ...smsRulesDefaults, ...kept, updated_at: row?.updated_at ?? null };
}

/** The same, while nobody else counts or changes until the transaction ends. */
export async function holdSmsRules(tx: Tx): Promise<SmsRules> {
  const first = { singleton: 1 as const, rules: '{}', counted: 0, updated_at: null };
  await tx
    .insertInto('sms_rules')
    .values(first)
    .onConflict((conflict) => conflict.column('singleton').doNothing())
    .execute();
  await tx
    .updateTable('sms_rules')
    .set((e) => ({ counted: e('counted', '+', 1) }))
    .execute();
  return readSmsRules(tx);
}

/** @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden */
export function getSmsRules({ db }: { readonly db: Db }, visible: string | null): Promise<SmsRules> {
  requireInstallationWide(visible);
  return readSmsRules(db.read);
}

/** Fields that are absent stay. @throws Problem forbidden */
export async function changeSmsRules(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  changes: SmsRulesChanges,
): Promise<SmsRules> {
  requireInstallationWide(visible);
  return deps.db.write(async (tx) => {
    const { updated_at: _, ...before } = await holdSmsRules(tx);
    const changed = changedFields(before, changes);
    if (changed.length === 0) return readSmsRules(tx);
    const rules = JSON.stringify({ ...before, ...changes });
    await tx.updateTable('sms_rules').set({ rules, updated_at: deps.clock.now() }).execute();
    const after = await readSmsRules(tx);
    const told = changed.filter((field) => field.endsWith('_prefixes'));
    const data = { changed, ...Object.fromEntries(told.map((field) => [field, after[field]])) };
    await recordAudit(tx, deps, { event: 'sms_rules.changed', actor, data });
    return after;
  });
}
