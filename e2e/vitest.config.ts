// How deployment scenarios run: each file in a process of its own, with time for real peers; scripts/scenarios.ts says how many at once.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..'),
    include: ['e2e/*/**/*.e2e.ts'],
    pool: 'forks',
    isolate: true,
    // Only what hangs may fail by the clock; how long something may take stands where that is the point.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    teardownTimeout: 30_000,
    reporters: ['verbose', './scripts/closing-line-reporter.ts'],
  },
});
