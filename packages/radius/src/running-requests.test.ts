// The linked table against a Map.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningRequest, RunningRequests } from './running-requests.ts';

const asker = { client: 'nas', source: '10.0.0.1' };

test('the newest of each key is found, every one is listed until it is removed', () => {
  // Few hashes, so that keys fall together.
  const step = fc.record({ key: fc.nat(9), add: fc.boolean(), pick: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const running = new RunningRequests();
      const current = new Map<number, RunningRequest>();
      const open: RunningRequest[] = [];
      for (const { key, add, pick } of steps) {
        if (add) {
          const exchange = new RunningRequest(`${key}`, key % 3, new Uint8Array(1), asker);
          running.add(exchange);
          current.set(key, exchange);
          open.push(exchange);
        } else if (open.length > 0) {
          const [gone] = open.splice(pick % open.length, 1) as [RunningRequest];
          running.remove(gone);
          if (current.get(Number(gone.key)) === gone) current.delete(Number(gone.key));
        }
        expect(running.size).toBe(open.length);
        expect(new Set(running.all())).toEqual(new Set(open));
        for (let each = 0; each < 10; each++)
          expect(running.find(`${each}`, each % 3)).toBe(current.get(each));
      }
    }),
  );
});

test('one that left holds on to no other', () => {
  const running = new RunningRequests();
  const three = ['a', 'b', 'c'].map((key) => new RunningRequest(key, 1, new Uint8Array(1), asker));
  for (const each of three) running.add(each);
  for (const each of three) running.remove(each);
  for (const { previous, next, nextInBucket } of three)
    expect([previous, next, nextInBucket]).toEqual([undefined, undefined, undefined]);
});
