// countersign devices …: made by onboarding, so there is no `create`; `delete` revokes.
import type { Command } from 'commander';
import { endCoolDown } from '#core/approvals/end-cool-down.ts';
import { changeDevice } from '#core/devices/change-device.ts';
import { getDevice } from '#core/devices/get-device.ts';
import { listDevices } from '#core/devices/list-devices.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { DeviceChanges } from '@countersign/contract/models.ts';
import { addCommand, addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { renderRecord } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { checkUserFilter, readUserFilter, userFilterOptions } from './filter-by-user.ts';
import { deviceNaming } from './naming.ts';
import { addChange, addDelete, addList, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'device',
  plural: 'devices',
  group: 'devices',
  naming: deviceNaming,
  sample: 'dev_01890a5d-ac96-774b-bcce-b302099a8057',
};

export function addDevices(parent: Command, context: Context): void {
  const group = addGroup(parent, thing.group, 'Phones and browsers that hold users’ keys.', 'devices list');
  addList(group, context, thing, {
    columns: ['id', 'user_id', 'name', 'platform', 'last_seen_at', 'revoked_at', 'certificate_expires_at'],
    example: '--application VPN --username alice',
    options: userFilterOptions,
    check: checkUserFilter,
    filter: readUserFilter,
    list: (app, query) => listDevices(app, everything, query),
  });
  addShow(group, context, thing, (app, id) => getDevice(app, everything, id));
  addChange(group, context, thing, {
    schema: DeviceChanges,
    example: '--name "Alice’s phone"',
    change: (app, id, changes) => changeDevice(app, consoleActor, everything, id, changes),
  });
  addEndCoolDown(group, context);
  addDelete(group, context, thing, {
    summary: 'Remove a device and revoke its certificate.',
    done: 'revoked',
    show: (app, id) => getDevice(app, everything, id),
    warning: ({ name }) => `This removes the device “${String(name)}” and revokes its certificate.`,
    word: ({ name }) => String(name),
    remove: (app, id) => revokeDevice(app, consoleActor, everything, id),
  });
}

function addEndCoolDown(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: `end-cool-down ${deviceNaming.argument}`,
    args: { device: deviceNaming.description },
    summary: 'Let a new device approve at once, before its cool-down is over.',
    examples: [`devices end-cool-down ${thing.sample}`],
    options: deviceNaming.options(),
    async run(given) {
      deviceNaming.check(given);
      return withApp(context, async (app) => {
        const id = await deviceNaming.find(app, given);
        const device = await endCoolDown(app, consoleActor, everything, id, 'everything');
        return { document: device, text: renderRecord(device) };
      });
    },
  });
}
