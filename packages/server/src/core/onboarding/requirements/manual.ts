// In person: device and console show the same picture, an administrator compares them, sees the person, and approves (decide-process.ts).
// Where it comes first the person says who it is; whether there is such a user is not told, the administrator sees it.
import type { Given, RequirementModule, StepResult } from './requirement-kind.ts';
import { pictureSeedOf } from '../picture-of-process.ts';

async function meet(_deps: unknown, { process, input }: Given<'manual'>): Promise<StepResult> {
  const username = process.user_id === null ? input.username?.trim() : process.username;
  if (username === undefined || username === '')
    return { kind: 'not_accepted', steps: [{ code: 'user_not_found', details: { username: '' } }] };
  const isAsked = process.waits_for === 'administrator' && process.username === username;
  return {
    kind: 'stays',
    waitsFor: 'administrator',
    state: { asks: 'manual' },
    username,
    steps: isAsked ? [] : [{ code: 'picture_shown', details: { username } }],
  };
}

export const manual: RequirementModule<'manual'> = {
  kind: 'manual',
  meet,
  shows: ({ vault }, process) => ({
    needs_username: process.user_id === null,
    picture_seed: process.waits_for === 'administrator' ? pictureSeedOf(vault, process) : null,
  }),
};
