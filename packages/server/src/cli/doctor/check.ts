// What a check of `doctor` says: one line, and what to do when it is not well.

/** `unknown`: could not be found out from here; it may be well or not. */
export type CheckStatus = 'ok' | 'unknown' | 'warn' | 'fail';

export interface Finding {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found, one sentence without its full stop. */
  readonly message: string;
  /** What to do about it; empty when nothing. */
  readonly remedy: string;
}

export const ok = (name: string, message: string): Finding => ({ name, status: 'ok', message, remedy: '' });
export const warn = (name: string, message: string, remedy: string): Finding => ({
  name,
  status: 'warn',
  message,
  remedy,
});
export const unknown = (name: string, message: string, remedy: string): Finding => ({
  name,
  status: 'unknown',
  message,
  remedy,
});
export const fail = (name: string, message: string, remedy: string): Finding => ({
  name,
  status: 'fail',
  message,
  remedy,
});

/** The worst of several findings tells for all; none at all is well. */
export const worstOf = (findings: readonly Finding[]): CheckStatus =>
  (['fail', 'warn', 'unknown'] as const).find((status) => findings.some((each) => each.status === status)) ??
  'ok';

export const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
