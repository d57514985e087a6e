// Profiles the server while something runs: prints where the time goes, and draws it.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printTable } from '../measure/table.ts';
import type { Countersign } from '../stacks/countersign.ts';
import { flameGraph } from './flame-graph.ts';
import { type CpuProfile, type Frame, type Spent, selfTimes, treeOf } from './read-profile.ts';

const pictures = join(import.meta.dirname, '../../docs/benchmarks');
const mostRows = 40;

/** A file that a server may be told to profile itself to. */
export const newProfileFile = (): string =>
  join(mkdtempSync(join(tmpdir(), 'countersign-bench-profile-')), 'server.cpuprofile');

export async function takeProfile(
  name: string,
  { server, file }: { server: Countersign; file: string },
  action: () => Promise<unknown>,
): Promise<void> {
  rmSync(file, { force: true });
  server.process().kill('SIGUSR2');
  await action();
  server.process().kill('SIGUSR2');
  await server.process().until(async () => isWhole(file));
  // The file is written by the very process that was told to.
  const tree = treeOf(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile);
  rmSync(dirname(file), { recursive: true });
  printSpent(`${name}: time in functions themselves`, selfTimes(tree, describeFrame));
  printSpent(
    `${name}: the same by file`,
    selfTimes(tree, ({ file: path, name: of }) => path || of),
  );
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, `${name}.svg`), flameGraph(`Countersign, ${name}: where the time goes`, tree));
  console.log(`flame graph: docs/benchmarks/${name}.svg\n`);
}

const describeFrame = ({ name, file }: Frame): string => `${file} ${name}`.trim();

const isWhole = (file: string): boolean => existsSync(file) && readFileSync(file, 'utf8').endsWith('}');

function printSpent(title: string, spent: readonly Spent[]): void {
  const rows = spent.slice(0, mostRows).map(({ what, share }) => [what, `${(100 * share).toFixed(1)} %`]);
  printTable([title, 'share'], rows);
}
