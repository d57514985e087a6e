// countersign applications …
import type { Command } from 'commander';
import { changeApplication } from '#core/applications/change-application.ts';
import { createApplication } from '#core/applications/create-application.ts';
import { deleteApplication } from '#core/applications/delete-application.ts';
import { getApplication } from '#core/applications/get-application.ts';
import { listApplications } from '#core/applications/list-applications.ts';
import { ApplicationChanges, NewApplication } from '@countersign/contract/models.ts';
import { addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { secondFactorRisk, unreachableGraceRisk } from '../opening-risk.ts';
import { consoleActor, everything } from '../with-app.ts';
import { applicationNaming } from './naming.ts';
import { addRequirements } from './requirements.ts';
import { addChange, addCreate, addDelete, addList, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'application',
  plural: 'applications',
  group: 'applications',
  naming: applicationNaming,
  sample: 'VPN',
};

export function addApplications(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'Protected things, each with its own users.',
    'applications list',
  );
  addCreate(group, context, thing, {
    schema: NewApplication,
    example: '--name VPN --request-seconds 60',
    present: ({ second_factor, unreachable_grace_seconds }) =>
      secondFactorRisk(second_factor) + unreachableGraceRisk(unreachable_grace_seconds),
    create: (app, input) => createApplication(app, consoleActor, everything, input),
  });
  addList(group, context, thing, {
    columns: ['id', 'name', 'access_id', 'enabled', 'request_seconds', 'device_limit'],
    list: (app, query) => listApplications(app, everything, query),
  });
  addShow(group, context, thing, (app, id) => getApplication(app, everything, id));
  addChange(group, context, thing, {
    schema: ApplicationChanges,
    example: '--request-seconds 90',
    present: ({ second_factor, unreachable_grace_seconds }, changes) =>
      ('second_factor' in changes ? secondFactorRisk(second_factor) : '') +
      ('unreachable_grace_seconds' in changes ? unreachableGraceRisk(unreachable_grace_seconds) : ''),
    change: (app, id, changes) => changeApplication(app, consoleActor, everything, id, changes),
  });
  addRequirements(group, context);
  addDelete(group, context, thing, {
    summary: 'Delete an application with its users, devices and RADIUS clients.',
    done: 'deleted',
    show: (app, id) => getApplication(app, everything, id),
    warning: ({ name }) => `This deletes “${String(name)}” with all its users, devices and RADIUS clients.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteApplication(app, consoleActor, everything, id),
  });
}
