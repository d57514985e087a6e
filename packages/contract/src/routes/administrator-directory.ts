// Routes: the directory whose people may sign in to the console.
import * as model from '../administrator-directory-models.ts';
import { route } from '../route.ts';
import { client } from './parts.ts';

const may = client('administrators');
const tag = 'Administrators';

export const administratorDirectoryRoutes = {
  getAdministratorDirectory: route({
    method: 'GET',
    path: '/v1/administrator-directory',
    tag,
    summary: 'Show which directory’s people may sign in to the console, and with which role',
    caller: may,
    success: { status: 200, body: model.AdministratorDirectory },
    problems: [],
  }),
  changeAdministratorDirectory: route({
    method: 'PATCH',
    path: '/v1/administrator-directory',
    tag,
    summary: 'Change which directory’s people may sign in to the console, and with which role',
    description:
      'Whoever is signed in by the directory is looked for anew with the next call; with `enabled` false their sessions end at once. No group makes owners: they are always local.',
    caller: may,
    stepUp: true,
    body: model.AdministratorDirectoryChanges,
    success: { status: 200, body: model.AdministratorDirectory },
    problems: [],
  }),
  lookUpAdministrator: route({
    method: 'POST',
    path: '/v1/administrator-directory/look-up',
    tag,
    summary: 'Look up whether a person of the directory may sign in to the console, without a password',
    description: 'By the settings that are kept, whether they are enabled or not.',
    caller: may,
    body: model.AdministratorLookUp,
    success: { status: 200, body: model.AdministratorLookUpResult },
    problems: ['source_disabled'],
  }),
};
