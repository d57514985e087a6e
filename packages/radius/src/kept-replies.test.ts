// The compact table against a plain one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeptReplies } from './kept-replies.ts';

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

test('what was kept last under a key is found, exactly, until it expires or there is no room', () => {
  const bytes = fc.uint8Array({ maxLength: 4096 });
  const step = fc.record({ key: fc.nat(5), request: bytes, reply: bytes, wait: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (steps, capacity) => {
      const kept = new KeptReplies(capacity);
      let model: { key: number; request: Uint8Array; reply: Uint8Array; until: number }[] = [];
      let now = 0;
      for (const { key, request, reply, wait } of steps) {
        kept.keep(key, request, reply, now + 10);
        model = [...model, { key, request, reply, until: now + 10 }].slice(-capacity);
        now += wait;
        kept.forgetExpired(now);
        model = model.filter(({ until }) => until > now);
        expect(kept.size).toBe(model.length);
        for (const each of model) {
          const isLast = model.findLast((other) => other.key === each.key) === each;
          const found = text(kept.find(each.key, each.request, now));
          if (isLast) expect(found).toBe(text(each.reply));
        }
        expect(kept.find(key, Uint8Array.of(...request, 1), now)).toBeUndefined();
        expect(kept.find(6, request, now)).toBeUndefined();
      }
    }),
  );
});

test('nothing at all is a request and a reply as well', () => {
  const [kept, nothing] = [new KeptReplies(1), new Uint8Array(0)];
  kept.keep(7, nothing, nothing, 1);
  expect(kept.find(7, nothing, 0)).toEqual(nothing);
});

test('a key that is asked something else has no reply, and its place is given back in turn', () => {
  const kept = new KeptReplies(2);
  kept.keep(7, Uint8Array.of(1), Uint8Array.of(2), 10);
  kept.forget(7);
  expect(kept.find(7, Uint8Array.of(1), 0)).toBeUndefined();
  kept.forgetExpired(10);
  expect(kept.size).toBe(0);
});

test('a hundred thousand replies are found among each other, and the older ones no more', () => {
  const kept = new KeptReplies(100_000);
  const request = (n: number) => new Uint8Array(Float64Array.of(n).buffer);
  for (let n = 0; n < 150_000; n++) kept.keep(n * 7001, request(n), request(-n), 10);
  let found = 0;
  for (let n = 0; n < 150_000; n++)
    if (text(kept.find(n * 7001, request(n), 0)) === text(request(-n))) found += 1;
  expect(found).toBe(100_000);
  expect(kept.find(7 * 7001, request(7), 0)).toBeUndefined();
});

test('replies as long as can be push out the oldest ones before the memory is used up', () => {
  const chunk = 256 * 1024;
  const kept = new KeptReplies(1000, 2 * chunk);
  const request = (n: number) => new Uint8Array(4096).fill(n);
  for (let n = 0; n < 200; n++) kept.keep(n, request(n), request(n), 10);
  // Of 8 KiB each, 32 fill a chunk.
  expect(kept.size).toBeGreaterThan(32);
  expect(kept.size).toBeLessThanOrEqual(64);
  expect(text(kept.find(199, request(199), 0))).toBe(text(request(199)));
  expect(kept.find(100, request(100), 0)).toBeUndefined();
});
