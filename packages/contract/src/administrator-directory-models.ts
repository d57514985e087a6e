// The directory whose people may sign in to the console; the rules of this file are those of models.ts.
import { z } from 'zod';
import { directoryRefusals, type DirectoryRefusal } from './directory-refusals.ts';
import { flag, ids } from './models.ts';
import { rolesByDirectory } from './roles.ts';
import { line, name } from './text.ts';
import { time } from './time.ts';
import { directoryKinds } from './user-source-words.ts';

const groups = z.array(line(1000).refine((text) => text !== '', 'must not be empty')).max(20);
const members = 'Name or distinguished name of groups; members of groups in them count, too.';

const fields = {
  enabled: flag.describe('Whether members of the groups may sign in. Local administrators always may.'),
  source_id: ids.userSource
    .nullable()
    .describe('The user source whose directory is asked: Active Directory or LDAP, of any application.'),
  administrator_groups: groups.describe(`Whose members are administrators. ${members}`),
  helpdesk_groups: groups.describe(`Whose members are helpdesk. ${members}`),
  auditor_groups: groups.describe(`Whose members are auditors. ${members}`),
};

/** Which field of the settings gives which role; whoever is in groups of several has the first. */
export const groupFields = {
  administrator: 'administrator_groups',
  helpdesk: 'helpdesk_groups',
  auditor: 'auditor_groups',
} as const satisfies Record<(typeof rolesByDirectory)[number], keyof typeof fields>;

export const AdministratorDirectoryChanges = z.strictObject(fields).partial();
export const AdministratorDirectory = z.object({
  ...fields,
  sources: z
    .array(
      z.object({
        id: ids.userSource,
        name: z.string(),
        kind: z.enum(directoryKinds),
        enabled: flag,
        application_name: z.string(),
      }),
    )
    .describe('User sources that can be chosen.'),
  changed_at: time.nullable().describe('Null: never.'),
});

const refusals = Object.keys(directoryRefusals) as [DirectoryRefusal, ...DirectoryRefusal[]];
export const AdministratorLookUp = z.strictObject({
  username: name(80).describe('As the person would type it.'),
});
export const AdministratorLookUpResult = z.object({
  result: z
    .enum(['admitted', 'not_in_group', 'refused', 'not_found', 'name_taken', 'unavailable'])
    .describe(
      '`name_taken`: another administrator has the name, so the directory is not asked for a password.',
    ),
  role: z.enum(rolesByDirectory).nullable().describe('That the person would have.'),
  username: z.string().nullable(),
  full_name: z.string().nullable(),
  dn: z.string().nullable(),
  reason: z.enum(refusals).nullable(),
  detail: z.string().describe('What was tried, or what went wrong.'),
});

export type AdministratorDirectoryChanges = z.output<typeof AdministratorDirectoryChanges>;
export type AdministratorDirectory = z.output<typeof AdministratorDirectory>;
export type AdministratorLookUpResult = z.output<typeof AdministratorLookUpResult>;
