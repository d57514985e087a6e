// What a use case sees of the settings: the values that hold now. Where they are kept is core/settings’ business.
import type { SettingName } from '@countersign/contract/settings.ts';

export type SettingValues = Readonly<Record<SettingName, number>>;

export interface Settings {
  /** All values that hold now. What another node changed may be seen a few seconds late. @throws Unavailable */
  values(): Promise<SettingValues>;
  /** Looks anew at the next call: something was changed. */
  forget(): void;
}

export interface SettingsDeps {
  readonly settings: Settings;
}

/** The value of one setting, in its own unit. @throws Unavailable */
export async function readSetting({ settings }: SettingsDeps, name: SettingName): Promise<number> {
  return (await settings.values())[name];
}
