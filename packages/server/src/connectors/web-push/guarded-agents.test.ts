import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { AddressRefused, createAgents, guardedLookup } from './guarded-agents.ts';
import { postPush } from './post-push.ts';
import type { Resolve } from './resolve-name.ts';

const never = new AbortController().signal;
const strict = { allowed: [], httpOnLoopback: false };
const to =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const lookUp = (resolve: Resolve, all = true) =>
  new Promise<unknown>((done, failed) => {
    guardedLookup(strict, resolve, never)('push.example.com', { all }, (error, found) =>
      error ? failed(error) : done(found),
    );
  });

test('a name is connected to at its public addresses only', async () => {
  const mixed = to('10.0.0.1', '93.184.216.34', '::1', '2606:2800:220:1::1');
  expect(await lookUp(mixed)).toEqual([
    { address: '93.184.216.34', family: 4 },
    { address: '2606:2800:220:1::1', family: 6 },
  ]);
  expect(await lookUp(mixed, false)).toBe('93.184.216.34');
});

test('a name that is inside is not connected to at all', async () => {
  await expect(lookUp(to('127.0.0.1', '169.254.169.254'))).rejects.toThrow(AddressRefused);
  await expect(lookUp(to())).rejects.toThrow(AddressRefused);
});

test('a name that cannot be resolved is told as such', async () => {
  await expect(lookUp(() => Promise.reject(new Error('ENOTFOUND')))).rejects.toThrow('ENOTFOUND');
});

/** A server inside, which must never be spoken to. */
async function startVictim() {
  let calls = 0;
  const server = createServer((_, answer) => {
    calls += 1;
    answer.writeHead(201).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, calls: () => calls };
}

const post = (agents: ReturnType<typeof createAgents>, url: string) => {
  const endpoint = new URL(url);
  return postPush({
    endpoint,
    agent: agents.agentFor(endpoint),
    headers: {},
    body: Buffer.alloc(0),
    lookup: agents.lookupFor(never),
    signal: AbortSignal.timeout(2000),
  });
};

test('a name that was public when it was judged and is inside when it is connected to (DNS rebinding) gains nothing', async () => {
  const victim = await startVictim();
  let times = 0;
  const rebinding: Resolve = async () => {
    times += 1;
    return [{ address: times === 1 ? '93.184.216.34' : '127.0.0.1', family: 4 }];
  };
  await rebinding('rebinding.example', never);
  const agents = createAgents(strict, rebinding);
  const url = `http://rebinding.example:${victim.port}/`;
  expect(await post(agents, url)).toEqual({ kind: 'address_refused' });
  expect(victim.calls()).toBe(0);
  agents.close();
});

test('an address instead of a name, which is never looked up, is judged all the same', async () => {
  const victim = await startVictim();
  const agents = createAgents(strict, to());
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '127.1'])
    expect(() => agents.agentFor(new URL(`http://${host}:${victim.port}/`)), host).toThrow(AddressRefused);
  expect(victim.calls()).toBe(0);
  agents.close();
});

test('where an administrator or a developer allows it, it is connected to', async () => {
  const victim = await startVictim();
  for (const rules of [
    { allowed: [], httpOnLoopback: true },
    { allowed: ['127.0.0.0/8'], httpOnLoopback: false },
    { allowed: ['push.corp.example'], httpOnLoopback: false },
  ]) {
    const agents = createAgents(rules, to('127.0.0.1'));
    expect(await post(agents, `http://push.corp.example:${victim.port}/`)).toMatchObject({ status: 201 });
    agents.close();
  }
});
