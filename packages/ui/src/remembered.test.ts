// What a browser that keeps nothing does.
import { afterEach, expect, test, vi } from 'vitest';
import { keptLanguage } from './words/words.ts';
import { remember, remembered } from './remembered.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('what is remembered is there until it is forgotten', () => {
  const items = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => items.set(name, value),
    removeItem: (name: string) => items.delete(name),
  });
  remember('localStorage', 'language', 'de');
  expect(keptLanguage()).toBe('de');
  remember('localStorage', 'language', 'toString');
  expect(keptLanguage()).toBeUndefined();
  remember('localStorage', 'language', undefined);
  expect(items.size).toBe(0);
});

test('blocked storage throws at every touch: nothing is remembered, and nothing breaks', () => {
  const blocked = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: blocked, setItem: blocked, removeItem: blocked });
  remember('localStorage', 'language', 'de');
  remember('localStorage', 'language', undefined);
  expect(remembered('localStorage', 'language')).toBeUndefined();
  expect(keptLanguage()).toBeUndefined();
});
