// Devices over HTTP, as administration sees them. What devices call themselves is in device-protocol.ts.
import { endCoolDown } from '#core/approvals/end-cool-down.ts';
import { changeDevice } from '#core/devices/change-device.ts';
import { getDevice } from '#core/devices/get-device.ts';
import { listDevices } from '#core/devices/list-devices.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { actorOf, type ApiDeps, grantorOf } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names = 'listDevices' | 'getDevice' | 'changeDevice' | 'endCoolDown' | 'revokeDevice';

export const deviceHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listDevices: ({ caller, query }) => listDevices(deps, caller.applicationId, query),
  getDevice: ({ caller, params }) => getDevice(deps, caller.applicationId, params.id),
  changeDevice: ({ caller, params, body }) =>
    changeDevice(deps, actorOf(caller), caller.applicationId, params.id, body),
  endCoolDown: ({ caller, params }) =>
    endCoolDown(deps, actorOf(caller), caller.applicationId, params.id, grantorOf(caller)),
  revokeDevice: async ({ caller, params }) => {
    await revokeDevice(deps, actorOf(caller), caller.applicationId, params.id);
  },
});
