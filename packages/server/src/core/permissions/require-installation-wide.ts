// What serves every application or belongs to none is known and changed only by callers for the whole installation.
import { Problem } from '#platform/problem.ts';

/** @param visible id of the application that the caller is limited to, or null. @throws Problem forbidden */
export function requireInstallationWide(visible: string | null): void {
  if (visible !== null) throw new Problem('forbidden', 'the API client is bound to one application');
}
