// How a command ends: the exit codes, and the errors that a command itself raises.

export const exitCodes = {
  done: 0,
  /** Refused, or something was found wrong. */
  failed: 1,
  /** The command line itself was wrong. */
  usage: 2,
  /** Configuration, key, permissions or database keep it from starting. */
  cannotStart: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command line asks for something that cannot be; the message is whole sentences for a person. */
export class UsageError extends Error {}

/** What was asked for could not be done; the message is whole sentences for a person. */
export class CommandFailed extends Error {}
