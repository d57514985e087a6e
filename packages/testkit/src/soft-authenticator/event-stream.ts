// Reads server-sent events (WHATWG HTML 9.2.6) as far as the device protocol uses them: names only, no data, no ids.
import { type ProblemDocument, ServerProblem, ServerUnreachable } from './server-problem.ts';

/** The name of each event as it arrives. @throws ServerProblem when there is no stream, ServerUnreachable when it breaks */
export async function* readEvents(response: Response): AsyncGenerator<string> {
  if (!response.ok || !response.body) {
    const document = (await response.json().catch(() => ({}))) as ProblemDocument;
    throw new ServerProblem(response.status, document);
  }
  let name = '';
  for await (const line of linesOf(unbroken(response.body, response.url))) {
    if (line.startsWith('event:')) name = line.slice('event:'.length).trim();
    if (line === '' && name !== '') {
      yield name;
      name = '';
    }
  }
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\r|\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** A server that dies in the middle is one that cannot be reached; fetch has no word for it. */
async function* unbroken(body: AsyncIterable<Uint8Array>, url: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new ServerUnreachable(url, error);
  }
}
