// One subscription for several accounts, some of which the server does not accept, or not yet.
import { expect, test, vi } from 'vitest';
import { ServerProblem, ServerUnreachable } from '@countersign/ui/server-problem.ts';
import { nameForAll, type Naming } from './name-subscription.ts';

const removed = new ServerProblem({ code: 'proof_invalid' });

type Deps = Naming<string, string>;

function naming(answers: Readonly<Record<string, 'active' | 'unproved' | Error>>) {
  const answer = (account: string) => {
    const given = answers[account];
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given ?? 'active');
  };
  return {
    keyFor: vi.fn<Deps['keyFor']>((account) => answer(account).then(() => 'key')),
    subscribe: vi.fn<Deps['subscribe']>((key) => Promise.resolve(`with ${key}`)),
    name: vi.fn<Deps['name']>(answer),
  };
}

test('a first account that was removed at the server keeps push from no other', async () => {
  const deps = naming({ a: removed });
  expect(await nameForAll(['a', 'b', 'c'], deps)).toEqual({ state: 'on', proving: [] });
  expect(deps.keyFor.mock.calls).toEqual([['a'], ['b']]);
  expect(deps.name.mock.calls).toContainEqual(['b', 'with key']);
  expect(deps.name.mock.calls).toContainEqual(['c', 'with key']);
});

test('push is on only when the server has it proved', async () => {
  expect(await nameForAll(['a', 'b'], naming({}))).toEqual({ state: 'on', proving: [] });
  expect(await nameForAll(['a', 'b'], naming({ b: 'unproved' }))).toEqual({
    state: 'proving',
    proving: ['b'],
  });
});

test('one failure of many is told, and the others are named all the same', async () => {
  const deps = naming({ a: 'unproved', b: new ServerProblem({ code: 'too_many_requests' }) });
  expect(await nameForAll(['a', 'b'], deps)).toEqual({ state: 'failed', proving: ['a'] });
});

test('nothing is claimed when nobody could be asked', async () => {
  const offline = new ServerUnreachable(undefined);
  expect(await nameForAll(['a', 'b'], naming({ a: removed, b: offline }))).toMatchObject({
    state: 'unknown',
  });
  expect(await nameForAll(['a'], naming({ a: removed }))).toMatchObject({ state: 'failed' });
  const noService = { ...naming({}), subscribe: () => Promise.reject(new Error('AbortError')) };
  await expect(nameForAll(['a'], noService)).rejects.toThrow('AbortError');
});
