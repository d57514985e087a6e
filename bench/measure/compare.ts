// Contenders measured in turn, round after round (A B A B), so that whatever else the machine does meets them alike. What counts is the
// median of the ratios within a round.
import type { LoadPlan, LoadResult } from '../load/generator.ts';
import type { Load } from '../load/start-load.ts';
import type { Target } from '../stacks/freeradius.ts';
import { loadCore, measuredCore } from '../stacks/cores.ts';
import { type ProcessorTime, watchProcessors } from './processor-time.ts';
import { humanNumber, median } from './statistics.ts';
import { printTable } from './table.ts';

export interface Pace {
  readonly rounds: number;
  readonly inFlight: number;
  /** Once for each contender, before the first round. */
  readonly firstWarmUpMs: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface Measured {
  readonly target: Target;
  readonly rounds: readonly (LoadResult & ProcessorTime)[];
}

type PlanOf = (target: Target) => Omit<LoadPlan, 'warmUpMs' | 'measureMs' | 'inFlight'>;

/** @throws when a reply was missing or wrong: a figure without right answers is none */
export async function measureInTurn(
  load: Load,
  targets: readonly Target[],
  planOf: PlanOf,
  pace: Pace,
): Promise<readonly Measured[]> {
  const rounds = new Map<Target, Measured['rounds'][number][]>();
  const { inFlight } = pace;
  for (const target of targets) {
    rounds.set(target, []);
    const warmUp = { ...planOf(target), inFlight, warmUpMs: pace.firstWarmUpMs, measureMs: 100 };
    mustBeRight(target, await load.run(warmUp));
  }
  for (let round = 0; round < pace.rounds; round++) {
    for (const target of targets) {
      const { warmUpMs, measureMs } = pace;
      const processors = watchProcessors(load.pid);
      const result = await load.run({ ...planOf(target), inFlight, warmUpMs, measureMs });
      rounds.get(target)?.push({ ...mustBeRight(target, result), ...processors() });
    }
  }
  return targets.map((target) => ({ target, rounds: rounds.get(target) ?? [] }));
}

function mustBeRight(target: Target, result: LoadResult): LoadResult {
  const { wrong, missing, replies } = result;
  if (wrong > 0 || missing > 0 || replies === 0)
    throw new Error(`${target.name}: ${wrong} wrong and ${missing} missing of ${replies} replies`);
  return result;
}

/** Median over the rounds of how many times faster `one` was than `other` in the same round. */
export const ratioOf = (one: Measured, other: Measured): number =>
  median(
    one.rounds.map(({ perSecond }, round) => perSecond / (other.rounds[round]?.perSecond ?? Number.NaN)),
  );

/** @param reference what the last column compares with */
export function printMeasured(unit: string, measured: readonly Measured[], reference?: Measured): void {
  const rows = measured.map((each) => {
    const of = (pick: (round: Measured['rounds'][number]) => number) => each.rounds.map(pick);
    const rates = of(({ perSecond }) => perSecond);
    const percent = (core: number) =>
      `${Math.round(100 * median(of(({ coresBusy }) => coresBusy[core] ?? 0)))} %`;
    return [
      each.target.name,
      humanNumber(median(rates)),
      `${humanNumber(Math.min(...rates))}–${humanNumber(Math.max(...rates))}`,
      humanNumber(median(of(({ p50Ms }) => p50Ms))),
      humanNumber(median(of(({ p99Ms }) => p99Ms))),
      humanNumber(median(of(({ usedMs, replies }) => (1000 * usedMs) / replies))),
      percent(measuredCore),
      percent(loadCore),
      reference === undefined || each === reference ? '' : ratioOf(each, reference).toFixed(2),
    ];
  });
  const head = [
    '',
    unit,
    'least–most',
    'p50 ms',
    'p99 ms',
    'CPU µs each',
    'its core',
    'load’s core',
    'ratio',
  ];
  printTable(head, rows);
}
