// Settings over HTTP.
import { changeSetting, cleanUpSettings, resetSetting } from '#core/settings/change-setting.ts';
import { listSettings } from '#core/settings/list-settings.ts';
import { actorOf, type ApiDeps } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = 'listSettings' | 'changeSetting' | 'resetSetting' | 'cleanUpSettings';

export const settingHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listSettings: ({ caller }) => listSettings(deps, caller.applicationId),
  changeSetting: ({ caller, params: { name }, body: { value } }) =>
    changeSetting(deps, actorOf(caller), caller.applicationId, { name, value }),
  resetSetting: ({ caller, params }) =>
    resetSetting(deps, actorOf(caller), caller.applicationId, params.name),
  cleanUpSettings: ({ caller }) => cleanUpSettings(deps, actorOf(caller), caller.applicationId),
});
