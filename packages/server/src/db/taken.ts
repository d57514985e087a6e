// Turns a unique constraint's refusal into the problem that the caller can do something about.
import { Problem } from '#platform/problem.ts';
import { isUniqueViolation } from './unavailable.ts';

/** For `.catch` on a write: rethrows as Problem name_taken when a unique constraint refused it, else as it came. */
export const asNameTaken =
  (field: 'name' | 'username') =>
  (error: unknown): never => {
    if (!isUniqueViolation(error)) throw error;
    throw new Problem('name_taken', undefined, [{ field, message: 'is taken' }]);
  };
