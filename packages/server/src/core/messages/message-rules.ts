// How many messages go out, and what they say: kept in the database, so that all nodes go by the same.
import { changedFields } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import type { RuleBook } from './channel.ts';

export type Kept<Rules> = Rules & { readonly updated_at: number | null };

/** The rules that hold; the defaults where nothing is kept. */
export async function readRules<Rules extends object>(
  read: Read,
  { name, defaults }: RuleBook<Rules>,
): Promise<Kept<Rules>> {
  const row = await read
    .selectFrom('message_rules')
    .selectAll()
    .where('channel', '=', name)
    .executeTakeFirst();
  const kept = JSON.parse(row?.rules ?? '{}') as Partial<Rules>;
  return { ...defaults, ...kept, updated_at: row?.updated_at ?? null };
}

/** The same, while nobody else counts or changes until the transaction ends. */
export async function holdRules<Rules extends object>(tx: Tx, book: RuleBook<Rules>): Promise<Kept<Rules>> {
  const first = { channel: book.name, rules: '{}', counted: 0, updated_at: null };
  await tx
    .insertInto('message_rules')
    .values(first)
    .onConflict((conflict) => conflict.column('channel').doNothing())
    .execute();
  await tx
    .updateTable('message_rules')
    .set((e) => ({ counted: e('counted', '+', 1) }))
    .where('channel', '=', book.name)
    .execute();
  return readRules(tx, book);
}

/** @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden */
export async function getRules<Rules extends object>(
  { db }: { readonly db: Db },
  book: RuleBook<Rules>,
  visible: string | null,
): Promise<Kept<Rules>> {
  requireInstallationWide(visible);
  return readRules(db.read, book);
}

/** Fields that are absent stay. @throws Problem forbidden */
export async function changeRules<Rules extends object>(
  deps: AuditDeps & { readonly db: Db },
  book: RuleBook<Rules>,
  actor: Actor,
  visible: string | null,
  changes: { readonly [Name in keyof Rules]?: Rules[Name] | undefined },
): Promise<Kept<Rules>> {
  requireInstallationWide(visible);
  return deps.db.write(async (tx) => {
    const { updated_at: _, ...before } = await holdRules(tx, book);
    const changed = changedFields<object>(before, changes) as string[];
    if (changed.length === 0) return readRules(tx, book);
    const rules = JSON.stringify({ ...before, ...changes });
    const set = { rules, updated_at: deps.clock.now() };
    await tx.updateTable('message_rules').set(set).where('channel', '=', book.name).execute();
    const after = await readRules(tx, book);
    // None of the rules is secret: who widened a limit, and how far, is what the trail is asked for.
    const data: Record<string, unknown> = { changed };
    for (const field of changed) {
      data[field] = Reflect.get(after, field);
      data[`${field}_before`] = Reflect.get(before, field);
    }
    await recordAudit(tx, deps, { event: `${book.name}_rules.changed`, actor, data });
    return after;
  });
}
