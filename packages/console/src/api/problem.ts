// What goes wrong on the way to the server: a refusal with a code (RFC 9457), or no usable answer at all.
import type { ProblemCode } from '@countersign/contract/problems.ts';

/** The server refused. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  /** One English sentence, where the server has more to say than the code does. */
  readonly detail: string | undefined;
  /** What is wrong with which field of the body, by its path such as `username` or `teams.0`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;

  constructor(document: ProblemDocument, response: Pick<Response, 'status' | 'headers'>) {
    super(`refused: ${document.code}`);
    this.code = document.code;
    this.status = response.status;
    this.detail = document.detail;
    this.fields = Object.fromEntries(
      (document.errors ?? []).map(({ field, message }) => [field.replace(/^(?:body|query)\./, ''), message]),
    );
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  }
}

/** Offline, too slow, or what answers is not the server. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('no usable answer', { cause });
  }
}

/** The person closed the dialog that asked for a proof: nothing was done, and nothing needs to be said. */
export class NotProved extends Error {
  constructor() {
    super('no proof was given');
  }
}

export interface ProblemDocument {
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** A code for every failure, known words or not. */
export function codeOf(error: unknown): string {
  if (error instanceof ApiProblem) return error.code;
  return error instanceof Unreachable ? 'unreachable' : 'defect';
}

/** Whether the same call may well succeed in a moment. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Unreachable ||
  (error instanceof ApiProblem && (error.code === 'unavailable' || error.code === 'shutting_down'));

export async function readProblem(response: Response): Promise<Error> {
  const document: unknown = await response.json().catch(() => undefined);
  // A gateway before the server speaks another language.
  if (typeof document !== 'object' || document === null || !('code' in document))
    return new Unreachable(`status ${response.status}`);
  return new ApiProblem(document as ProblemDocument, response);
}
