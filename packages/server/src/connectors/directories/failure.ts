// How the way to a directory ends when it ends badly. Messages are for the administrator and hold no secrets.
import type { DirectoryStep } from '#core/user-sources/directory.ts';
import type { DirectoryEntry } from './response.ts';

type Step = DirectoryStep | 'answer';

/** The server cannot be used just now: another one may do. */
export class HostFailure extends Error {
  readonly step: Step;
  /** The connection ended before the answer came, as one that was not used for long does. */
  readonly isEnded: boolean;

  constructor(step: Step, message: string, { isEnded = false } = {}) {
    super(message);
    this.step = step;
    this.isEnded = isEnded;
  }
}

/** It failed when part of the answer was given on already, so it cannot begin again with another server. */
export class Interrupted extends HostFailure {}

/** It answered, and the answer is no; another server of the same directory would say the same. */
export class DirectoryRefused extends Error {
  readonly step: Step;

  constructor(step: Step, message: string) {
    super(message);
    this.step = step;
  }
}

/** There is more than the server lets the bind account read at once. */
export class TooMuchToRead extends DirectoryRefused {}

/** It is not known in which groups somebody is: about this person alone, so others are judged all the same. */
export class TooManyGroups extends Error {
  readonly entry: DirectoryEntry;

  constructor(entry: DirectoryEntry, message: string) {
    super(message);
    this.entry = entry;
  }
}

/** There is more to do at once than is allowed: nobody's fault, and nothing for another server. */
export class DirectoryBusy extends Error {}
