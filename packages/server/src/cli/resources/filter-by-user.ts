// Lists that can be narrowed to one user, named by id or by application and user name.
import { Option } from 'commander';
import type { App } from '#app';
import { UsageError } from '../exit.ts';
import { type OptionValues, textOf } from '../fields/options-of-fields.ts';
import { findUserId, userOptions } from './naming.ts';

export const userFilterOptions = (): readonly Option[] => [
  new Option('--user <id>', 'Only of the user with this id.'),
  ...userOptions('Together with --username: only of this user.'),
];

/** @throws UsageError */
export function checkUserFilter({ user, application, username }: OptionValues): void {
  if ((application === undefined) !== (username === undefined))
    throw new UsageError('--application and --username name a user together; one of them is missing.');
  if (user !== undefined && username !== undefined)
    throw new UsageError('Name the user either by --user or by --application and --username, not both.');
}

export async function readUserFilter(app: App, values: OptionValues): Promise<{ user_id?: string }> {
  const [user, application, username] = [values.user, values.application, values.username].map(textOf);
  if (user !== undefined) return { user_id: user };
  if (application === undefined || username === undefined) return {};
  return { user_id: await findUserId(app, application, username) };
}
