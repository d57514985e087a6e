// Reads server-sent events (WHATWG HTML 9.2.6) as far as the device protocol uses them: names only, no data, no ids.
import { type ProblemDocument, ServerProblem } from './server-problem.ts';

/** The name of each event as it arrives. @throws ServerProblem when there is no stream. */
export async function* readEvents(response: Response): AsyncGenerator<string> {
  if (!response.ok || !response.body) {
    const document = (await response.json().catch(() => ({}))) as ProblemDocument;
    throw new ServerProblem(response.status, document);
  }
  let name = '';
  for await (const line of linesOf(response.body)) {
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
