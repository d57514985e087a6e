// The duplicate table against a model that remembers everything and looks through it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DuplicateCache } from './duplicate-cache.ts';
import type { Asker, RunningRequest } from './running-requests.ts';

const bytes = (value: number) => Uint8Array.of(value);
const asker: Asker = { client: 'nas', source: '10.0.0.1' };

test('a kept reply is found until it expires or the table is full, and nothing outgrows the limits', () => {
  const step = fc.record({
    act: fc.constantFrom('ask', 'answer', 'drop', 'wait'),
    key: fc.nat(3).map(String),
    request: fc.nat(2),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const cache = new DuplicateCache({ windowMs: 10, maxEntries: 1000, maxInFlight: 1000 });
      const open: RunningRequest[] = [];
      const current = new Map<
        string,
        { request: number; exchange: RunningRequest; reply?: Uint8Array; until?: number }
      >();
      let now = 0;
      for (const { act, key, request, pick } of steps) {
        if (act === 'wait') now += pick % 5;
        const known = current.get(key);
        const same = known?.request === request;
        const kept = same && known.until !== undefined && known.until > now ? known.reply : undefined;
        const expected = same && known.reply === undefined ? 'in-flight' : kept;
        expect(cache.find(key, bytes(request), now)).toEqual(expected);
        if (act === 'ask' && expected === undefined) {
          const exchange = cache.begin(key, bytes(request), now, asker) as RunningRequest;
          open.push(exchange);
          current.set(key, { request, exchange });
        }
        if ((act === 'answer' || act === 'drop') && open.length > 0) {
          const [exchange] = open.splice(pick % open.length, 1) as [RunningRequest];
          const entry = current.get(exchange.key);
          const isCurrent = entry?.exchange === exchange;
          if (act === 'drop') {
            expect(cache.drop(exchange)).toBe(isCurrent);
            if (isCurrent) current.delete(exchange.key);
          } else {
            const reply = bytes(pick % 256);
            expect(cache.answer(exchange, reply, now)).toBe(isCurrent);
            if (isCurrent)
              current.set(exchange.key, { request: entry.request, exchange, reply, until: now + 10 });
          }
        }
        expect(cache.running).toBe(open.length);
      }
    }),
  );
});

test('forgets the oldest reply first, also when its key was asked again', () => {
  const cache = new DuplicateCache({ windowMs: 1000, maxEntries: 3, maxInFlight: 30 });
  const login = (key: string, request: number) => {
    const exchange = cache.begin(key, bytes(request), 0, asker) as RunningRequest;
    cache.answer(exchange, bytes(request), 0);
  };
  login('a', 1);
  login('b', 2);
  login('a', 3);
  login('c', 4);
  const found = (key: string, request: number) => cache.find(key, bytes(request), 0) !== undefined;
  expect([found('a', 1), found('b', 2), found('a', 3), found('c', 4)]).toEqual([false, true, true, true]);
  login('d', 5);
  expect([found('b', 2), found('a', 3), found('c', 4), found('d', 5)]).toEqual([false, true, true, true]);
});

test('one client, and one address of a client, leave places for the others', () => {
  const cache = new DuplicateCache({ windowMs: 1000, maxEntries: 1000, maxInFlight: 60 });
  let port = 0;
  const fill = (of: Asker) => {
    for (let held = 0; ; held += 1) {
      port += 1;
      const begun = cache.begin(`${port}`, bytes(1), 0, of);
      if (typeof begun === 'string') return { held, begun };
    }
  };
  expect(fill({ client: 'a', source: '10.0.0.1' })).toEqual({ held: 20, begun: 'source-share' });
  expect(fill({ client: 'a', source: '10.0.0.2' })).toEqual({ held: 10, begun: 'client-share' });
  expect(fill({ client: 'b', source: '10.0.1.1' })).toEqual({ held: 10, begun: 'source-share' });
  expect(cache.running).toBe(40);
});

test('what was held is given back at the end, however it comes', () => {
  const cache = new DuplicateCache({ windowMs: 1000, maxEntries: 1000, maxInFlight: 2 });
  for (let i = 0; i < 100; i += 1) {
    const superseded = cache.begin('a', bytes(1), 0, asker) as RunningRequest;
    const last = cache.begin('a', bytes(2), 0, { ...asker, source: '10.0.0.2' }) as RunningRequest;
    expect([typeof superseded, typeof last]).toEqual(['object', 'string']);
    if (i % 2 === 0) cache.drop(superseded);
    else cache.answer(superseded, bytes(9), 0);
    expect(cache.running).toBe(0);
  }
});

test('requests under several keys may be looked for before any of them is begun', () => {
  const cache = new DuplicateCache({ windowMs: 1000, maxEntries: 1000, maxInFlight: 30 });
  for (const key of ['a', 'b', '']) expect(cache.find(key, bytes(1), 0)).toBeUndefined();
  for (const key of ['', 'a', 'b']) cache.begin(key, bytes(1), 0, asker);
  for (const key of ['b', '', 'a']) expect(cache.find(key, bytes(1), 0)).toBe('in-flight');
});
