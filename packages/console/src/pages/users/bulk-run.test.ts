import { expect, test } from 'vitest';
import { ServerProblem, ServerUnreachable } from '@countersign/ui/server-problem.ts';
import { NotProved } from '../../api/problem.ts';
import { type BulkProgress, runBulk } from './bulk-run.ts';

const users = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `usr_${index}`, username: `user${index}` }));
const open = new AbortController().signal;
const told: BulkProgress[] = [];
const deps = {
  pause: async () => undefined,
  onProgress: (progress: BulkProgress) => void told.push(progress),
};
const doAll = async (ids: readonly string[]) => ({ done: ids.length, missing: [] });

test('a hundred in a call, and told after each', async () => {
  told.length = 0;
  const calls: number[] = [];
  const end = await runBulk(
    {
      ...deps,
      act: async (ids) => {
        calls.push(ids.length);
        return doAll(ids);
      },
    },
    users(250),
    open,
  );
  expect(calls).toEqual([100, 100, 50]);
  expect(told.map(({ done }) => done)).toEqual([100, 200, 250]);
  expect(end).toEqual({ total: 250, done: 250, missing: [], left: [], error: undefined });
});

test('users that are gone are named', async () => {
  const end = await runBulk({ ...deps, act: async () => ({ done: 1, missing: ['usr_1'] }) }, users(2), open);
  expect(end).toMatchObject({ done: 1, missing: [{ id: 'usr_1', username: 'user1' }], left: [] });
});

test('what passes by itself is tried again, after as long as the server says', async () => {
  const pauses: number[] = [];
  const answers = [
    new ServerProblem({ code: 'too_many_requests' }, { status: 429, retryAfterMs: 7000 }),
    new ServerUnreachable('cut'),
  ];
  const end = await runBulk(
    {
      ...deps,
      pause: async (ms) => void pauses.push(ms),
      act: async (ids) => {
        const error = answers.shift();
        if (error) throw error;
        return doAll(ids);
      },
    },
    users(3),
    open,
  );
  expect(pauses).toEqual([7000, 1000]);
  expect(end).toMatchObject({ done: 3, error: undefined });
});

test('a refusal ends it, and says who is left', async () => {
  const refused = new ServerProblem({ code: 'forbidden' }, { status: 403 });
  let calls = 0;
  const act = async (ids: readonly string[]) => {
    calls += 1;
    if (calls === 2) throw refused;
    return doAll(ids);
  };
  const end = await runBulk({ ...deps, act }, users(150), open);
  expect(end).toMatchObject({ done: 100, error: refused });
  expect(end.left).toHaveLength(50);
});

test('stopped: what has begun is finished, the rest is left', async () => {
  const stop = new AbortController();
  const act = async (ids: readonly string[]) => {
    stop.abort();
    return doAll(ids);
  };
  const end = await runBulk({ ...deps, act }, users(250), stop.signal);
  expect(end).toMatchObject({ done: 100, error: undefined });
  expect(end.left).toHaveLength(150);
});

test('a proof that was not given is no error, and nothing is done', async () => {
  const act = async () => {
    throw new NotProved();
  };
  expect(await runBulk({ ...deps, act }, users(2), open)).toMatchObject({ done: 0, error: undefined });
});
