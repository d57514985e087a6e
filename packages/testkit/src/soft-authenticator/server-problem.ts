// What goes wrong on the way to the server, told as one sentence: a problem document (RFC 9457), or no answer at all.

export interface ProblemDocument {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly server_time?: number;
  /** What a certificate request must hold, where a third party's authority issues. */
  readonly certificate_request?: unknown;
}

/** The server refused. */
export class ServerProblem extends Error {
  readonly status: number;
  readonly document: ProblemDocument;

  constructor(status: number, document: ProblemDocument) {
    const what = document.title ?? `the server answered ${status}`;
    const detail = document.detail === undefined ? '' : `: ${document.detail}`;
    super(`${what}${detail}${document.code === undefined ? '' : ` (${document.code})`}`);
    this.status = status;
    this.document = document;
  }

  get code(): string | undefined {
    return this.document.code;
  }
}

/** The server cannot be reached, or answered something that is not of this protocol. */
export class ServerUnreachable extends Error {
  constructor(url: string, cause: unknown) {
    super(`no usable answer from ${url}: ${causeText(cause)}`, { cause });
  }
}

function causeText(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // fetch hides the reason one or two levels down.
  const inner = cause.cause;
  if (inner instanceof AggregateError && inner.errors.length > 0) return causeText(inner.errors[0]);
  return inner instanceof Error ? causeText(inner) : cause.message;
}
