// How the last test of each user source ended, as far as this page has seen it: nothing is kept of a test, and one that never worked
// would look like one that nobody tried.
import { deviceNow } from '@countersign/ui/clock.ts';
import { createStore, useStore } from '@countersign/ui/store.ts';
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import { isSignedOut, sessionState } from '../../api/session.ts';

export interface LastTest {
  readonly passed: boolean;
  readonly at: number;
  /** The settings that were tested. */
  readonly updatedAt: number;
}

const tests = createStore<Readonly<Record<string, LastTest>>>({});
sessionState.follow(() => {
  if (isSignedOut()) tests.change(() => ({}));
});

export function keepTest({ id, updated_at: updatedAt }: UserSource, passed: boolean): void {
  tests.change((all) => ({ ...all, [id]: { passed, at: deviceNow(), updatedAt } }));
}

/** Undefined when there was none, or when the settings were others. */
export function useLastTest({ id, updated_at: updatedAt }: UserSource): LastTest | undefined {
  const test = useStore(tests)[id];
  return test?.updatedAt === updatedAt ? test : undefined;
}
