// What counts as dead code. Entry points are the files something outside the import graph starts or reads.
import { globSync } from 'node:fs';
import type { KnipConfig } from 'knip';

const source = ['src/main.ts', 'src/index.ts', 'src/**/*.test.ts'];

// A workspace whose manifest came before its first source file has nothing to judge yet; a configuration is no source.
const folders = globSync(['packages/*/package.json', 'e2e/package.json', 'bench/package.json']).map((file) =>
  file.replace(/\/[^/]+$/, ''),
);
const empty = folders.filter((folder) => globSync(`${folder}/*/**/*.ts`).length === 0);

const config: KnipConfig = {
  ignoreWorkspaces: empty,
  // Started by scripts/check.ts, or shared by the tests of every package.
  ignoreDependencies: ['oxlint', 'oxlint-tsgolint', 'fast-check'],
  // Of the machine, and only where it is there.
  ignoreBinaries: [
    'apt-get',
    'curl',
    'freeradius',
    'openssl',
    'ping',
    'promtool',
    'radclient',
    'taskset',
    'timedatectl',
  ],
  ignoreExportsUsedInFile: true,
  workspaces: {
    '.': {
      entry: ['scripts/*.ts', 'scripts/*/main.ts', 'scripts/**/*.test.ts'],
      project: ['scripts/**/*.ts', '*.ts'],
    },
    e2e: { entry: ['**/*.ts'], project: ['**/*.ts'] },
    // The others are processes of their own.
    bench: {
      entry: ['main.ts', 'load/load-process.ts', 'profile/profile-on-signal.ts', '**/*.test.ts'],
      project: ['**/*.ts'],
    },
    // Every file of the contract and of the testkit is exported by its manifest.
    'packages/contract': { entry: ['src/**/*.ts'], project: ['src/**/*.ts'] },
    'packages/testkit': { entry: ['src/**/*.ts'], project: ['src/**/*.ts'] },
    // Every file of these parts is exported by its manifest.
    'packages/ui': { entry: ['src/**/*.{ts,tsx}'], project: ['src/**/*.{ts,tsx}'] },
    'packages/console': {
      entry: ['src/main.tsx', 'src/**/*.test.ts', 'vite.config.ts'],
      project: ['src/**/*.{ts,tsx}'],
    },
    'packages/authenticator': {
      entry: ['src/main.tsx', 'src/service-worker.ts', 'src/**/*.test.ts', 'vite.config.ts'],
      project: ['src/**/*.{ts,tsx}'],
    },
    'packages/*': { entry: source, project: ['src/**/*.ts'] },
  },
};

export default config;
