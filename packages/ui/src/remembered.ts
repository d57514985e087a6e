// Small things that the browser remembers. Where storage is blocked even reading throws: then nothing is remembered, and nothing breaks.

type Area = 'localStorage' | 'sessionStorage';

/** Undefined when nothing is remembered under this name, or nothing can be. */
export function remembered(area: Area, name: string): string | undefined {
  try {
    return globalThis[area].getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** @param value undefined forgets it. */
export function remember(area: Area, name: string, value: string | undefined): void {
  try {
    if (value === undefined) globalThis[area].removeItem(name);
    else globalThis[area].setItem(name, value);
  } catch {
    // Blocked, or full.
  }
}
