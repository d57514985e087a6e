// The same done to many users, one after the other: each its own transaction, so that no login waits behind all of them.
import type { UsersResult } from '@countersign/contract/overview-models.ts';
import { Problem } from '#platform/problem.ts';

/**
 * Users that are not there, or not there any more, are left out and named. What throws otherwise ends it half-way; done again, it goes
 * on, since each of these acts does nothing the second time.
 */
export async function eachUser(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
): Promise<UsersResult> {
  const missing: string[] = [];
  const all = [...new Set(ids)];
  for (const id of all) if (!(await isThere(() => act(id)))) missing.push(id);
  return { done: all.length - missing.length, missing };
}

async function isThere(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return false;
    throw error;
  }
}
