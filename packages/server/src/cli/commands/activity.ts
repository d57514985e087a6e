// countersign activity …: what became of each login, step by step, with the reason and what to do about it.
import { type Command, Option } from 'commander';
import type { App } from '#app';
import { getActivity } from '#core/authentication/auth-request-store.ts';
import { listActivity } from '#core/authentication/list-activity.ts';
import { activityKinds, type ActivityWithSteps, authRequestStatuses } from '@countersign/contract/models.ts';
import { addCommand, addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { type OptionValues, textOf } from '../fields/options-of-fields.ts';
import { renderRecord, showTime, showValue } from '../output/table.ts';
import { authRequestNaming, findApplicationId, findUserId, userOptions } from '../resources/naming.ts';
import { addList } from '../resources/verbs.ts';
import { everything, withApp } from '../with-app.ts';

export function addActivity(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'activity',
    'Logins: what became of each, and why.',
    'activity list --status denied',
  );
  addList(
    group,
    context,
    { group: 'activity', plural: 'auth requests' },
    {
      columns: ['created_at', 'id', 'kind', 'username', 'status', 'reason', 'client_name', 'client_address'],
      example: '--application VPN --username alice',
      options: () => [
        new Option('--status <status>', 'Only those that stand like this.').choices(authRequestStatuses),
        new Option(
          '--kind <kind>',
          'Only logins, or only administrators who signed in to the console by phone.',
        ).choices(activityKinds),
        new Option('--user <id>', 'Only of the user with this id.'),
        ...userOptions('Only of this application, by id, access id or name.'),
      ],
      check: checkFilter,
      filter: readFilter,
      list: (app, query) => listActivity(app, everything, query),
    },
  );
  addCommand(group, context, {
    usage: 'show <request>',
    args: { request: authRequestNaming.description },
    summary: 'Show an auth request with every step, newest last.',
    examples: ['activity show req_01890a5d-ac96-774b-bcce-b302099a8057'],
    async run(given) {
      authRequestNaming.check(given);
      return withApp(context, async (app) => {
        const activity = await getActivity(app.db.read, everything, await authRequestNaming.find(app, given));
        return { document: activity, text: renderActivity(activity) };
      });
    },
  });
}

function checkFilter({ user, application, username }: OptionValues): void {
  if (username !== undefined && application === undefined)
    throw new UsageError('--username needs --application: user names are unique only within one.');
  if (user !== undefined && username !== undefined)
    throw new UsageError('Name the user either by --user or by --application and --username, not both.');
}

async function readFilter(app: App, values: OptionValues) {
  const [user, application, username] = [values.user, values.application, values.username].map(textOf);
  const filter = {
    ...(values.status !== undefined && { status: values.status }),
    ...(values.kind !== undefined && { kind: values.kind }),
  };
  if (application === undefined) return { ...filter, ...(user !== undefined && { user_id: user }) };
  const application_id = await findApplicationId(app, application);
  const user_id = username === undefined ? user : await findUserId(app, application_id, username);
  return { ...filter, application_id, ...(user_id !== undefined && { user_id }) };
}

function renderActivity({ steps, reason_text, remedy, ...rest }: ActivityWithSteps): string {
  const told = steps.map(({ at, text }) => `  ${showTime(at)}  ${showValue('', text)}\n`).join('');
  const why = reason_text === null ? '' : `\nReason: ${reason_text}\nWhat to do: ${remedy ?? 'Nothing.'}\n`;
  return `${renderRecord(rest)}\nSteps:\n${told}${why}`;
}
