// What goes wrong on the way to the server: a refusal with a code (RFC 9457), or no usable answer at all.

/** The server refused. */
export class ServerProblem extends Error {
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, retryAfterMs?: number) {
    super(`refused: ${code}`);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Offline, or what answers is not the server. */
export class ServerUnreachable extends Error {
  constructor(cause: unknown) {
    super('no usable answer', { cause });
  }
}

/** A code for every failure, known words or not. */
export const codeOf = (error: unknown): string => {
  if (error instanceof ServerProblem) return error.code;
  return error instanceof ServerUnreachable ? 'unreachable' : 'defect';
};
