// `npm run bench -- radius` and `npm run bench -- console`: brings the real peers onto the machine where that is allowed, then measures.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensurePeers } from './install-peers.ts';
import { type Peer, peers } from './peers.ts';

const bench = 'npm run bench';
const shared = ['freeradius', 'radclient', 'postgresql'];

/** What only the bench needs. */
const own: readonly Peer[] = [
  {
    name: 'the PostgreSQL module of FreeRADIUS',
    commands: ['/usr/lib/freeradius/rlm_sql_postgresql.so'],
    packages: ['freeradius-postgresql'],
    scenarios: [],
    suites: [bench],
  },
  { name: 'taskset', commands: ['taskset'], packages: ['util-linux'], scenarios: [], suites: [bench] },
];

const isConsole = process.argv[2] === 'console';
const needed = isConsole
  ? peers.filter(({ name }) => name === 'postgresql')
  : [...peers.filter(({ name }) => shared.includes(name)), ...own];
const { missing } = ensurePeers(needed);
if (missing.length > 0) {
  console.error('Nothing was measured: without real peers beside it, a figure says nothing.');
  process.exitCode = 1;
} else {
  const main = join(import.meta.dirname, '../bench/main.ts');
  process.exitCode =
    spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
}
