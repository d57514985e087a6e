// Lists every setting with the value that holds, its default and its state.
import { allSettings, type SettingItem } from '@countersign/contract/settings.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db, Read } from '#db/db.ts';
import { type FixedSettings, keptSettings, toSettingItem } from './setting.ts';
import { selectSettings } from './setting-store.ts';

/** @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden */
export async function listSettings(
  deps: { readonly db: Db; readonly fixedSettings: FixedSettings },
  visible: string | null,
): Promise<{ items: SettingItem[] }> {
  requireInstallationWide(visible);
  return { items: await readItems(deps.db.read, deps.fixedSettings) };
}

export async function readItems(read: Read, fixed: FixedSettings): Promise<SettingItem[]> {
  const kept = keptSettings(await selectSettings(read));
  return allSettings.map((name) => toSettingItem(name, kept.get(name), fixed));
}
