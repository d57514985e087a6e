// Errors that administration throws: a Problem from the closed table, or Unavailable when a dependency is broken.
// Anything else that is thrown is a defect.
import { type ProblemCode, problemKinds } from '@countersign/contract/problems.ts';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly fields: readonly FieldError[];
  /** Members of the answer that only this code has (RFC 9457 3.2). */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    detail?: string,
    fields: readonly FieldError[] = [],
    members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail === undefined ? problemKinds[code].title : `${problemKinds[code].title}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.fields = fields;
    this.members = members;
  }
}

/** A dependency (database, home server) does not answer. Nothing was decided; the caller fails closed. */
export class Unavailable extends Error {
  readonly dependency: string;

  constructor(dependency: string, cause: unknown) {
    super(`${dependency} is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.dependency = dependency;
  }
}
