import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

test('one that hangs gets half, and the others get on', async () => {
  const slots = createSlots(4);
  const entered: string[] = [];
  const enter = (holder: string) =>
    slots.enter(holder).then((leave) => {
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
  const first = await slots.enter('a');
  const rest = ['a1', 'a2', 'b1', 'b2'].map((name) =>
    slots.enter(name.slice(0, 1)).then((leave) => {
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
  const leave = await slots.enter('a');
  const waiting = slots.enter('a');
  slots.callOff();
  expect(await waiting).toBeUndefined();
  expect(await slots.enter('b')).toBeUndefined();
  leave?.();
});
