// What can come between a call and its answer in the console, beyond what `@countersign/ui/server-problem.ts` tells apart.
import { ServerProblem, ServerUnreachable } from '@countersign/ui/server-problem.ts';

/** The person took it back before anything was done: nothing needs to be said. */
export class GivenUp extends Error {
  constructor(what = 'given up') {
    super(what);
  }
}

/** The person closed the dialog that asked for a proof. */
export class NotProved extends GivenUp {
  constructor() {
    super('no proof was given');
  }
}

/** Whether the same call may well succeed in a moment. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ServerUnreachable ||
  (error instanceof ServerProblem && (error.code === 'unavailable' || error.code === 'shutting_down'));
