// Routes: settings.
import { z } from 'zod';
import { route } from '../route.ts';
import { allSettings, SettingChange, SettingItem, type SettingName, Settings } from '../settings.ts';
import { client } from './parts.ts';

const may = client('settings');
const params = z.strictObject({ name: z.enum(allSettings as [SettingName, ...SettingName[]]) });

export const settingsRoutes = {
  listSettings: route({
    method: 'GET',
    path: '/v1/settings',
    tag: 'Settings',
    summary: 'List settings with their values, defaults and states',
    caller: may,
    success: { status: 200, body: Settings },
    problems: [],
  }),
  changeSetting: route({
    method: 'PUT',
    path: '/v1/settings/{name}',
    tag: 'Settings',
    summary: 'Set a setting',
    caller: may,
    stepUp: true,
    params,
    body: SettingChange,
    success: { status: 200, body: SettingItem },
    problems: ['setting_fixed'],
  }),
  resetSetting: route({
    method: 'DELETE',
    path: '/v1/settings/{name}',
    tag: 'Settings',
    summary: 'Put a setting back to its default',
    caller: may,
    stepUp: true,
    params,
    success: { status: 200, body: SettingItem },
    problems: [],
  }),
  cleanUpSettings: route({
    method: 'POST',
    path: '/v1/settings/clean-up',
    tag: 'Settings',
    summary: 'Forget all values that are set to their default',
    caller: may,
    success: { status: 200, body: Settings },
    problems: [],
  }),
};
