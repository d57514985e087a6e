// A value that the screens follow.
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
  get(): T;
  change(change: (value: T) => T): void;
  follow(changed: () => void): () => void;
}

export function createStore<T>(first: T): Store<T> {
  let value = first;
  const followers = new Set<() => void>();
  return {
    get: () => value,
    change(change) {
      const next = change(value);
      if (Object.is(next, value)) return;
      value = next;
      for (const changed of followers) changed();
    },
    follow(changed) {
      followers.add(changed);
      return () => followers.delete(changed);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.get());
  useEffect(() => {
    const read = (): void => setValue(() => store.get());
    read();
    return store.follow(read);
  }, [store]);
  return value;
}
