// Routes: Users in files.
import { z } from 'zod';
import * as model from '../models.ts';
import { route } from '../route.ts';
import {
  importModes,
  UserImport,
  userExportFormats,
  userFileFormats,
  userFileLimits,
  userFileTypes,
} from '../user-files.ts';
import { client, idParams, nothing } from './parts.ts';

const import_ = { status: 200, body: UserImport } as const;

export const userFilesRoutes = {
  exportUsers: route({
    method: 'GET',
    path: '/v1/users/export',
    tag: 'Users in files',
    summary: 'Export the users of an application, by user name, as CSV or JSON',
    description:
      'Importing the file brings users to the same state; passwords and devices are not in it. An export that is broken off ends without the end of its transfer, so that no client takes it for whole.',
    caller: client('users'),
    query: z.strictObject({
      application_id: model.ids.application,
      format: z.enum(userExportFormats).default('csv').describe('`jsonl`: one object on each line.'),
    }),
    success: { status: 200, body: z.string(), type: 'application/octet-stream', attachment: true },
    problems: ['not_found'],
  }),
  createUserImport: route({
    method: 'POST',
    path: '/v1/user-imports',
    tag: 'Users in files',
    summary: 'Read a file of users and see what importing it would do; nothing is changed yet',
    description:
      'The file is the body. The answer comes at once; `GET /v1/user-imports/{id}` tells how far reading is, and then what would change. An import that is not started within an hour is forgotten.',
    caller: client('users'),
    query: z.strictObject({
      application_id: model.ids.application,
      format: z.enum(userFileFormats).default('csv').describe('`json`: an array of objects, or JSON lines.'),
    }),
    file: { types: [...userFileTypes], maxBytes: userFileLimits.bytes, large: true },
    success: { status: 201, body: UserImport },
    problems: ['not_found', 'import_running'],
  }),
  getUserImport: route({
    method: 'GET',
    path: '/v1/user-imports/{id}',
    tag: 'Users in files',
    summary: 'Show how far an import is',
    caller: client('users'),
    follows: true,
    params: idParams(model.ids.userImport),
    query: z.strictObject({
      wait_seconds: z.coerce
        .number()
        .int()
        .min(0)
        .max(20)
        .default(0)
        .describe('Answer when reading or importing has ended, or after so long.'),
    }),
    success: import_,
    problems: ['not_found'],
  }),
  startUserImport: route({
    method: 'POST',
    path: '/v1/user-imports/{id}/start',
    tag: 'Users in files',
    summary: 'Start an import that is ready',
    description:
      '`all_or_nothing` is one transaction: whatever happens, every row goes in or none. `skip_bad` takes the rows that can go in, a few hundred at a time.',
    caller: client('users'),
    stepUp: true,
    params: idParams(model.ids.userImport),
    body: z.strictObject({ mode: z.enum(importModes) }),
    success: import_,
    problems: ['not_found', 'import_running', 'import_not_ready', 'import_has_errors', 'import_too_large'],
  }),
  deleteUserImport: route({
    method: 'DELETE',
    path: '/v1/user-imports/{id}',
    tag: 'Users in files',
    summary: 'Cancel or forget an import',
    description: 'All or nothing that is under way is undone; with `skip_bad`, what has gone in stays.',
    caller: client('users'),
    params: idParams(model.ids.userImport),
    success: nothing,
    problems: ['not_found'],
  }),
};
