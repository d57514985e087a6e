// Connections that are kept, lent and waited for.
import { expect, test } from 'vitest';
import { DirectoryBusy } from './failure.ts';
import { createPool } from './pool.ts';

const never = new AbortController().signal;

function poolOf(more: { connections?: number; waiting?: number; waitMs?: number } = {}) {
  let time = 0;
  let opened = 0;
  const open = new Set<number>();
  const pool = createPool(
    { now: () => time, monotonic: () => time },
    { connections: 2, waiting: 2, waitMs: 10_000, idleMs: 1000, ageMs: 5000, ...more },
    async () => {
      opened += 1;
      const id = opened;
      open.add(id);
      return { id, isOpen: () => open.has(id), close: () => void open.delete(id) };
    },
  );
  return { pool, open, pass: (ms: number) => void (time += ms) };
}

/** Work that ends when told. */
function held() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => ended };
}

test('one that is free is used again, unless it lay for too long, is too old, or was ended', async () => {
  const { pool, open, pass } = poolOf();
  const use = () => pool.use(never, async ({ id }, isFresh) => `${id} ${isFresh ? 'fresh' : 'kept'}`);
  expect([await use(), await use()]).toEqual(['1 fresh', '1 kept']);
  pass(1000);
  expect(await use()).toBe('2 fresh');
  for (let n = 0; n < 5; n += 1) {
    pass(999);
    await use();
  }
  pass(5);
  expect(await use()).toBe('3 fresh');
  open.clear();
  expect(await use()).toBe('4 fresh');
  pass(1000);
  pool.sweep();
  expect(open.size).toBe(0);
});

test('never more than so many at once; the others wait in line, in their order', async () => {
  const { pool } = poolOf();
  const [one, two] = [held(), held()];
  const order: string[] = [];
  const used = [pool.use(never, one.work), pool.use(never, two.work)];
  const third = pool.use(never, async () => order.push('third'));
  const fourth = pool.use(never, async () => order.push('fourth'));
  await expect(pool.use(never, async () => undefined)).rejects.toThrow(DirectoryBusy);
  expect(order).toEqual([]);
  one.end();
  await third;
  await fourth;
  two.end();
  await Promise.all(used);
  expect(order).toEqual(['third', 'fourth']);
  expect(pool.size()).toBe(2);
});

test('waiting ends by the clock and with who asked', async () => {
  const { pool } = poolOf({ connections: 1, waitMs: 20 });
  const one = held();
  const used = pool.use(never, one.work);
  await expect(pool.use(never, async () => undefined)).rejects.toThrow(/within 20 ms/);
  await expect(pool.use(AbortSignal.abort(), async () => undefined)).rejects.toThrow(DirectoryBusy);
  one.end();
  await used;
  expect(await pool.use(never, async () => 'again')).toBe('again');
});

test('closing lets who is at it finish', async () => {
  const { pool, open } = poolOf();
  const one = held();
  const used = pool.use(never, one.work);
  await pool.use(never, async () => undefined);
  pool.close();
  expect(open.size).toBe(1);
  one.end();
  await used;
  expect(open.size).toBe(0);
});
