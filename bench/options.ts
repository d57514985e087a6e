// What was asked for on the command line.
import { parseArgs } from 'node:util';
import type { Pace } from './measure/compare.ts';

export const partNames = [
  'proxy',
  'durable-sqlite',
  'durable-postgres',
  'approved',
  'pending',
  'passwords',
] as const;
export type PartName = (typeof partNames)[number];

export const databaseNames = ['sqlite', 'postgres'] as const;
export type DatabaseName = (typeof databaseNames)[number];

export type Options = RadiusOptions | ConsoleOptions;

export interface ConsoleOptions {
  readonly what: 'console';
  readonly databases: readonly DatabaseName[];
}

export interface RadiusOptions {
  readonly what: 'radius';
  readonly parts: readonly PartName[];
  readonly pace: Pace;
  readonly quick: boolean;
  readonly profile: boolean;
}

export const usage = `usage: npm run bench -- console [--only sqlite|postgres]
       npm run bench -- radius [options]

  --only PART     one part alone; may be given several times: ${partNames.join(', ')}
  --quick         two short rounds, to see whether everything runs
  --rounds N      pairs of measurements (6)
  --seconds N     how long each measurement takes (8)
  --in-flight N   requests in flight (64)
  --profile       CPU profile of the server in each part: a table, and a flame graph in docs/benchmarks/
`;

/** @throws Error with a sentence about what cannot be understood */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'in-flight': { type: 'string', default: '64' },
      profile: { type: 'boolean', default: false },
    },
  });
  const [what, ...others] = positionals;
  if (others.length > 0 || (what !== 'radius' && what !== 'console'))
    throw new Error('name what to measure: radius or console');
  if (what === 'console')
    return { what, databases: (values.only ?? databaseNames).map((name) => oneOf(databaseNames, name)) };
  const { quick, profile } = values;
  const measureMs = positive('seconds', values.seconds ?? (quick ? '2' : '8')) * 1000;
  const pace: Pace = {
    rounds: positive('rounds', values.rounds ?? (quick ? '2' : '6')),
    inFlight: positive('in-flight', values['in-flight']),
    firstWarmUpMs: quick ? 2000 : 6000,
    warmUpMs: quick ? 500 : 1000,
    measureMs,
  };
  return {
    what,
    parts: (values.only ?? partNames).map((name) => oneOf(partNames, name)),
    pace,
    quick,
    profile,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} must be a number above 0`);
  return number;
}

function oneOf<Name extends string>(names: readonly Name[], name: string): Name {
  const found = names.find((each) => each === name);
  if (found === undefined) throw new Error(`there is no ${name}; there are ${names.join(', ')}`);
  return found;
}
