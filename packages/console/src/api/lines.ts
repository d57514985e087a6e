// An answer that comes line by line, each line JSON, told as soon as it is there.
import { isAttended } from './attended.ts';
import { unattendedHeader } from '@countersign/contract/route.ts';
import { readProblem, ServerProblem, ServerUnreachable } from '@countersign/ui/server-problem.ts';
import { type CallName, urlOf } from './send.ts';
import { proveAnew, signInAgain } from './session.ts';
import { routeTable } from './route-table.ts';

export interface LinesInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Asks the person to sign in again, or for a proof, as `call` does. @throws ServerProblem, ServerUnreachable, NotProved, or the signal’s reason */
export async function callForLines<T>(
  name: CallName,
  input: LinesInput,
  onLine: (line: T) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      return await read(await open(name, input, signal), (line) => onLine(JSON.parse(line) as T));
    } catch (error) {
      if (signal.aborted) throw error;
      if (!(error instanceof ServerProblem))
        throw error instanceof ServerUnreachable ? error : new ServerUnreachable(error);
      if (error.code === 'unauthorized') await signInAgain();
      else if (error.code === 'step_up_required') await proveAnew();
      else throw error;
    }
  }
}

async function open(
  name: CallName,
  { params = {}, body }: LinesInput,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(isAttended() ? {} : { [unattendedHeader]: 'true' }),
  };
  const [method] = routeTable[name];
  const response = await fetch(urlOf(name, { params }), {
    ...{ method, signal, headers, redirect: 'error' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok || !response.body) throw await readProblem(response);
  return response.body;
}

async function read(body: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let begun = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (begun + decoder.decode(value, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  }
}
