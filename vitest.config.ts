// Unit and store suites of every package. Deployment scenarios have a configuration of their own (e2e/vitest.config.ts).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: './packages/testkit/src/peers/vitest-postgres.ts',
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    // Only what hangs may fail by the clock: on a machine that does other things at the same time everything takes ten times as long.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ['dot', './scripts/closing-line-reporter.ts'],
  },
});
