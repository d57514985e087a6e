// Routes: Devices, as administrators see them.
import * as model from '../models.ts';
import { route } from '../route.ts';
import { client, idParams, list, nothing } from './parts.ts';

export const devicesRoutes = {
  listDevices: route({
    method: 'GET',
    path: '/v1/devices',
    tag: 'Devices',
    summary: 'List devices, newest first',
    caller: client('devices'),
    query: list({ user_id: model.ids.user.optional() }),
    success: { status: 200, body: model.page(model.Device) },
    problems: [],
  }),
  getDevice: route({
    method: 'GET',
    path: '/v1/devices/{id}',
    tag: 'Devices',
    summary: 'Show a device',
    caller: client('devices'),
    params: idParams(model.ids.device),
    success: { status: 200, body: model.Device },
    problems: ['not_found'],
  }),
  changeDevice: route({
    method: 'PATCH',
    path: '/v1/devices/{id}',
    tag: 'Devices',
    summary: 'Rename a device',
    caller: client('devices'),
    params: idParams(model.ids.device),
    body: model.DeviceChanges,
    success: { status: 200, body: model.Device },
    problems: ['not_found'],
  }),
  endCoolDown: route({
    method: 'POST',
    path: '/v1/devices/{id}/end-cool-down',
    tag: 'Devices',
    summary: 'Let a new device approve at once',
    caller: client('devices'),
    stepUp: true,
    params: idParams(model.ids.device),
    success: { status: 200, body: model.Device },
    problems: ['not_found'],
  }),
  revokeDevice: route({
    method: 'DELETE',
    path: '/v1/devices/{id}',
    tag: 'Devices',
    summary: 'Remove a device and revoke its certificate',
    caller: client('devices'),
    stepUp: true,
    params: idParams(model.ids.device),
    success: nothing,
    problems: ['not_found'],
  }),
};
