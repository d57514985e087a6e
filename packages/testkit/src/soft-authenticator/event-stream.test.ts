// Server-sent events as they come over a network: in pieces, refused, and broken off.
import { expect, test } from 'vitest';
import { readEvents } from './event-stream.ts';
import { ServerProblem, ServerUnreachable } from './server-problem.ts';

const collect = async (response: Response): Promise<string[]> => {
  const names: string[] = [];
  for await (const name of readEvents(response)) names.push(name);
  return names;
};
const stream = (chunks: readonly string[], end: (controller: ReadableStreamDefaultController) => void) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      },
      pull: end,
    }),
  );

test('names of events, however they are cut; comments are none', async () => {
  const chunks = [':\n\nevent: chal', 'lenges\ndata:\n\n', 'event: challenges\r\ndata:\r\n\r\n'];
  expect(await collect(stream(chunks, (controller) => controller.close()))).toEqual([
    'challenges',
    'challenges',
  ]);
});

test('a stream that is refused', async () => {
  const refused = Response.json({ code: 'proof_invalid' }, { status: 401 });
  await expect(collect(refused)).rejects.toThrow(ServerProblem);
});

test('a server that dies in the middle of the stream cannot be reached', async () => {
  const dying = stream([':\n\n'], (controller) => controller.error(new TypeError('terminated')));
  await expect(collect(dying)).rejects.toThrow(ServerUnreachable);
});
