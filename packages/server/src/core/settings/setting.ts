// A setting: its declaration, the environment and what is kept of it decide together what holds, and which of four states it is in.
import {
  allSettings,
  type SettingItem,
  type SettingName,
  type SettingState,
  type Setting,
  settings,
} from '@countersign/contract/settings.ts';
import type { Selectable } from 'kysely';
import type { SettingTable } from '#db/administration-tables.ts';
import type { SettingValues } from '#platform/settings.ts';

export type SettingRow = Selectable<SettingTable>;

/** Values that the environment fixes; the same on every node, or each node goes by its own. */
export type FixedSettings = { readonly [Name in SettingName]?: number | undefined };

/** Rows by name. Those of settings that this version does not know, or with values that it does not allow, count for nothing. */
export function keptSettings(rows: readonly SettingRow[]): ReadonlyMap<SettingName, SettingRow> {
  const kept = new Map<SettingName, SettingRow>();
  for (const name of allSettings) {
    const row = rows.find((each) => each.name === name);
    if (row && settings[name].schema.safeParse(row.value).success) kept.set(name, row);
  }
  return kept;
}

/** What holds: the environment before what is kept before the default. */
export function valuesOf(rows: readonly SettingRow[], fixed: FixedSettings): SettingValues {
  const kept = keptSettings(rows);
  const entries = allSettings.map((name) => [
    name,
    fixed[name] ?? kept.get(name)?.value ?? settings[name].default,
  ]);
  return Object.fromEntries(entries) as SettingValues;
}

export function toSettingItem(
  name: SettingName,
  row: SettingRow | undefined,
  fixed: FixedSettings,
): SettingItem {
  const declared: Setting = settings[name];
  return {
    name,
    group: declared.group,
    unit: declared.unit,
    title: declared.title,
    description: declared.description,
    default: declared.default,
    minimum: declared.schema.minValue ?? Number.MIN_SAFE_INTEGER,
    maximum: declared.schema.maxValue ?? Number.MAX_SAFE_INTEGER,
    value: fixed[name] ?? row?.value ?? declared.default,
    state: stateOf(name, row, fixed),
    variable: declared.variable ?? null,
    changed_at: row?.changed_at ?? null,
  };
}

function stateOf(name: SettingName, row: SettingRow | undefined, fixed: FixedSettings): SettingState {
  if (fixed[name] !== undefined) return 'fixed';
  if (!row) return 'default';
  return row.value === settings[name].default ? 'set_to_default' : 'changed';
}
