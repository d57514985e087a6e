// Settings for tests: every one has its default.
import { allSettings, settings } from '@countersign/contract/settings.ts';
import type { Settings, SettingValues } from './settings.ts';

const values = Object.fromEntries(allSettings.map((name) => [name, settings[name].default])) as SettingValues;

export const defaultSettings: Settings = { values: async () => values, forget: () => undefined };
