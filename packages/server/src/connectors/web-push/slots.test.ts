import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

const longMs = 60_000;

test('one that hangs gets half, and the others get on', async () => {
  const slots = createSlots(4);
  const entered: string[] = [];
  const enter = (holder: string) =>
    slots.enter(holder, longMs).then((leave) => {
      entered.push(holder);
      return leave;
    });
  const hanging = [enter('slow'), enter('slow'), enter('slow'), enter('slow')];
  const leave = await enter('quick');
  expect(entered).toEqual(['slow', 'slow', 'quick']);
  leave?.();
  expect(await enter('quick')).toBeTypeOf('function');
  expect(entered.filter((each) => each === 'slow')).toHaveLength(2);
  (await hanging[0])?.();
  await hanging[2];
  expect(entered.filter((each) => each === 'slow')).toHaveLength(3);
});

test('who waits takes turns with other holders, each in the order of its coming', async () => {
  const slots = createSlots(1);
  const order: string[] = [];
  const first = await slots.enter('a', longMs);
  const rest = ['a1', 'a2', 'b1', 'b2'].map((name) =>
    slots.enter(name.slice(0, 1), longMs).then((leave) => {
      order.push(name);
      leave?.();
    }),
  );
  first?.();
  await Promise.all(rest);
  expect(order).toEqual(['a1', 'b1', 'a2', 'b2']);
});

test('called off, who waits and who comes goes away with nothing', async () => {
  const slots = createSlots(1);
  const leave = await slots.enter('a', longMs);
  const waiting = slots.enter('a', longMs);
  slots.callOff();
  expect(await waiting).toBeUndefined();
  expect(await slots.enter('b', longMs)).toBeUndefined();
  leave?.();
});

test('who waited as long as it may goes away with nothing, and leaves its turn to the next', async () => {
  const slots = createSlots(1);
  const leave = await slots.enter('a', longMs);
  expect(await Promise.all([slots.enter('a', 10), slots.enter('b', 10)])).toEqual([undefined, undefined]);
  const gaveUp = slots.enter('a', 10);
  const next = slots.enter('a', longMs);
  expect(await gaveUp).toBeUndefined();
  leave?.();
  expect(await next).toBeTypeOf('function');
});
