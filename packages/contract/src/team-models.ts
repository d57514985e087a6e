// Teams of users, and whose members are asked for the second factor. The rules of these files are those of models.ts.
import { z } from 'zod';
import { flag, ids } from './models.ts';
import { name } from './text.ts';
import { time } from './time.ts';

export const NewTeam = z.strictObject({
  name: name(80).describe('Unique in the application, whatever its letter case and Unicode form.'),
  second_factor_required: flag
    .default(false)
    .describe(
      'Whether members are asked on the phone, where the application’s second factor is `by_team`. A team that says so stays when nobody is in it.',
    ),
});
export const TeamChanges = z
  .strictObject({
    second_factor_required: flag.describe(
      'Set here. What a directory says besides (`required_by`) is changed in the directory.',
    ),
    take_back_unread: flag.describe(
      'True takes back what directories said of the group and say nothing of any more (`required_by` with `unread_at`). One that says it again is heard again.',
    ),
  })
  .partial();
export const Team = z.object({
  id: ids.team,
  application_id: ids.application,
  name: z.string(),
  member_count: z.int(),
  second_factor_required: flag.describe('Set here; members are asked also where `required_by` is not empty.'),
  required_by: z
    .array(
      z.object({
        id: ids.userSource,
        name: z.string(),
        unread_at: time
          .nullable()
          .describe(
            'When a login or a sync found no value of the attribute at the group, or none that it could read: members go on being asked. Null once a sync has read it again.',
          ),
      }),
    )
    .describe('User sources whose directory says of its group that members are asked.'),
  pushed: flag.describe('Another system pushes the team by SCIM.'),
  created_at: time.nullable().describe('Null for teams that are older than this field.'),
});

export type NewTeam = z.output<typeof NewTeam>;
export type TeamChanges = z.output<typeof TeamChanges>;
export type Team = z.output<typeof Team>;
