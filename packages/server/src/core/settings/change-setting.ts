// Sets a setting, or puts it back to its default; and forgets values that say no more than the default does.
import { type SettingItem, type SettingName, settings } from '@countersign/contract/settings.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db, Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import type { SettingsDeps } from '#platform/settings.ts';
import { readItems } from './list-settings.ts';
import { type FixedSettings, toSettingItem } from './setting.ts';
import { findSetting, keepSetting, removeSetting, selectSettings } from './setting-store.ts';

export type ChangeSettingDeps = AuditDeps &
  SettingsDeps & { readonly db: Db; readonly fixedSettings: FixedSettings };

/**
 * A value that is kept already is not written again.
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, setting_fixed, invalid_request (the value is outside what the declaration allows).
 */
export async function changeSetting(
  deps: ChangeSettingDeps,
  actor: Actor,
  visible: string | null,
  { name, value }: { readonly name: SettingName; readonly value: number },
): Promise<SettingItem> {
  requireInstallationWide(visible);
  if (deps.fixedSettings[name] !== undefined) throw new Problem('setting_fixed');
  requireAllowed(name, value);
  const row = await deps.db.write(async (tx) => {
    const before = await findSetting(tx, name);
    if (before?.value === value) return before;
    const after = { name, value, changed_at: deps.clock.now(), ...byWhom(actor) };
    await keepSetting(tx, after);
    const from = before?.value ?? settings[name].default;
    await recordAudit(tx, deps, {
      event: 'setting.changed',
      actor,
      subjectId: name,
      data: { from, to: value },
    });
    return after;
  });
  deps.settings.forget();
  return toSettingItem(name, row, deps.fixedSettings);
}

const byWhom = (actor: Actor) => ({
  changed_by_kind: actor.kind,
  changed_by_id: 'id' in actor ? actor.id : null,
});

function requireAllowed(name: SettingName, value: number): void {
  const { minValue, maxValue } = settings[name].schema;
  if (settings[name].schema.safeParse(value).success) return;
  const message = `must be a whole number from ${minValue} to ${maxValue}`;
  throw new Problem('invalid_request', undefined, [{ field: 'value', message }]);
}

/**
 * Forgets what is kept of a setting; one of which nothing is kept stays as it is.
 * @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden
 */
export async function resetSetting(
  deps: ChangeSettingDeps,
  actor: Actor,
  visible: string | null,
  name: SettingName,
): Promise<SettingItem> {
  requireInstallationWide(visible);
  await deps.db.write((tx) => forgetKept(tx, deps, actor, name));
  deps.settings.forget();
  return toSettingItem(name, undefined, deps.fixedSettings);
}

/**
 * Forgets every value that is set to its default: from then on these settings follow the default, also where a new version changes it.
 * @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden
 */
export async function cleanUpSettings(
  deps: ChangeSettingDeps,
  actor: Actor,
  visible: string | null,
): Promise<{ items: SettingItem[] }> {
  requireInstallationWide(visible);
  const items = await deps.db.write(async (tx) => {
    const rows = await selectSettings(tx);
    for (const { name, value } of rows)
      if (isSetting(name) && settings[name].default === value) await forgetKept(tx, deps, actor, name);
    return readItems(tx, deps.fixedSettings);
  });
  deps.settings.forget();
  return { items };
}

const isSetting = (name: string): name is SettingName => Object.hasOwn(settings, name);

async function forgetKept(tx: Tx, deps: AuditDeps, actor: Actor, name: SettingName): Promise<void> {
  const kept = await removeSetting(tx, name);
  if (!kept) return;
  await recordAudit(tx, deps, {
    event: 'setting.reset',
    actor,
    subjectId: name,
    data: { from: kept.value },
  });
}
