import { expect, test } from 'vitest';
import { Stop } from './stop-signal.ts';

test('calls everybody who listens, once; not those who left, nor those who come later', () => {
  const stop = new Stop();
  const called: string[] = [];
  const listener = (name: string) => () => void called.push(name);
  const [a, b, c] = [listener('a'), listener('b'), listener('c')];
  stop.addEventListener('abort', a);
  stop.addEventListener('abort', b);
  stop.removeEventListener('abort', a);
  stop.removeEventListener('abort', c);
  expect(stop.aborted).toBe(false);
  stop.abort();
  stop.addEventListener('abort', c);
  stop.abort();
  expect([stop.aborted, called]).toEqual([true, ['b']]);
});
