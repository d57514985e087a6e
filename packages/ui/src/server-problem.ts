// What goes wrong on the way to the server: a refusal with a code (RFC 9457), or no usable answer at all.

/** The server refused. */
export class ServerProblem extends Error {
  readonly code: string;
  readonly status: number | undefined;
  /** One English sentence, where the server has more to say than the code does. */
  readonly detail: string | undefined;
  /** What is wrong with which field of the body, by its path such as `username` or `teams.0`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;
  /** Epoch milliseconds; where the server says that the clock of the caller is off. */
  readonly serverTime: number | undefined;
  /** As it came, for members that only one code has. */
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument, { status, retryAfterMs }: AnswerFacts = {}) {
    super(`refused: ${document.code}`);
    this.code = document.code;
    this.status = status;
    this.detail = document.detail;
    this.fields = Object.fromEntries(
      (document.errors ?? []).map(({ field, message }) => [field.replace(/^(?:body|query)\./, ''), message]),
    );
    this.retryAfterMs = retryAfterMs;
    this.serverTime = document.server_time;
    this.document = document;
  }
}

interface ProblemDocument {
  readonly code: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly server_time?: number;
  readonly certificate_request?: { readonly common_name: string; readonly challenge_password: string | null };
}

interface AnswerFacts {
  readonly status?: number;
  readonly retryAfterMs?: number | undefined;
}

/** Offline, too slow, or what answers is not the server. */
export class ServerUnreachable extends Error {
  constructor(cause: unknown) {
    super('no usable answer', { cause });
  }
}

/** A code for every failure, known words or not. */
export function codeOf(error: unknown): string {
  if (error instanceof ServerProblem) return error.code;
  return error instanceof ServerUnreachable ? 'unreachable' : 'defect';
}

/** What a failed response stands for. */
export async function readProblem(response: Response): Promise<ServerProblem | ServerUnreachable> {
  const { status, headers } = response;
  const document: unknown = await response.json().catch(() => undefined);
  // A gateway before the server speaks another language.
  if (!isProblem(document)) return new ServerUnreachable(`status ${status}`);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  return new ServerProblem(document, { status, retryAfterMs });
}

const isProblem = (document: unknown): document is ProblemDocument =>
  typeof document === 'object' &&
  document !== null &&
  'code' in document &&
  typeof document.code === 'string';
