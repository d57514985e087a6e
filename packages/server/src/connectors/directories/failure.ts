// How the way to one server of a directory ends when it ends badly. Messages are for the administrator and hold no secrets.
import type { DirectoryStep } from '#core/user-sources/directory.ts';

/** The server cannot be used just now: another one may do. */
export class HostFailure extends Error {
  readonly step: DirectoryStep | 'answer';

  constructor(step: DirectoryStep | 'answer', message: string) {
    super(message);
    this.step = step;
  }
}

/** It answered, and the answer is no; another server of the same directory would say the same. */
export class DirectoryRefused extends Error {
  readonly step: DirectoryStep | 'answer';

  constructor(step: DirectoryStep | 'answer', message: string) {
    super(message);
    this.step = step;
  }
}

/** There is more to do at once than is allowed: nobody's fault, and nothing for another server. */
export class DirectoryBusy extends Error {}
