// How far greedy holders get, alone and together, and that somebody new always finds a place.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairShare } from './fair-share.ts';

function fill(share: FairShare, total: number, holders: readonly string[]): Map<string, number> {
  const held = new Map(holders.map((holder) => [holder, 0]));
  let taken = 0;
  for (let stuck = 0; stuck < holders.length; ) {
    const holder = holders[(taken + stuck) % holders.length] as string;
    if (share.allows(holder, taken) && taken < total) {
      share.take(holder);
      held.set(holder, (held.get(holder) ?? 0) + 1);
      taken += 1;
      stuck = 0;
    } else stuck += 1;
  }
  return held;
}

test('one greedy holder stops at half, two at a third each, nine at a tenth each', () => {
  for (const greedy of [1, 2, 9]) {
    const names = Array.from({ length: greedy }, (_, i) => `h${i}`);
    const held = fill(new FairShare(1200), 1200, names);
    expect([...held.values()], `${greedy} holders`).toEqual(names.map(() => 1200 / (greedy + 1)));
  }
  expect(fill(new FairShare(1200, 0.5), 1200, ['h']).get('h')).toBe(400);
});

test('whoever holds none gets a place as long as there is one, and giving back makes room again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), fc.array(fc.nat(5), { maxLength: 200 }), (total, asks) => {
      const share = new FairShare(total);
      const held: string[] = [];
      for (const ask of asks) {
        const holder = `h${ask}`;
        if (held.length < total && share.allows(holder, held.length)) {
          share.take(holder);
          held.push(holder);
        } else expect(held.includes(holder) || held.length === total).toBe(true);
        if (ask === 5) {
          const gone = held.shift();
          if (gone !== undefined) share.giveBack(gone);
        }
      }
      for (const each of held.splice(0)) share.giveBack(each);
      expect(share.allows('h0', total - 1)).toBe(true);
    }),
  );
});
