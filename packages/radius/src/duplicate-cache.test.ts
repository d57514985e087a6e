// The duplicate table against a model that remembers everything and looks through it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DuplicateCache, type Exchange } from './duplicate-cache.ts';

const bytes = (value: number) => Uint8Array.of(value);

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
      const open: Exchange[] = [];
      const current = new Map<
        string,
        { request: number; exchange: Exchange; reply?: Uint8Array; until?: number }
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
          const exchange = cache.begin(key, bytes(request), now)!;
          open.push(exchange);
          current.set(key, { request, exchange });
        }
        if ((act === 'answer' || act === 'drop') && open.length > 0) {
          const [exchange] = open.splice(pick % open.length, 1) as [Exchange];
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
  const cache = new DuplicateCache({ windowMs: 1000, maxEntries: 3, maxInFlight: 10 });
  const login = (key: string, request: number) => {
    const exchange = cache.begin(key, bytes(request), 0)!;
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
