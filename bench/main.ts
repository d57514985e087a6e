// `npm run bench -- radius`: the product beside FreeRADIUS, on this machine, now. `npm run bench -- console`: the lists of a large
// installation. Prints; never gates.
import { benchConsole } from './console/main.ts';
import { startLoad } from './load/start-load.ts';
import { humanNumber } from './measure/statistics.ts';
import { type Options, type PartName, type RadiusOptions, readOptions, usage } from './options.ts';
import { measureApproved } from './parts/approved.ts';
import { measureDurable } from './parts/durable.ts';
import type { Part, PartContext, Ratios } from './parts/part.ts';
import { measurePasswords } from './parts/passwords.ts';
import { measurePending } from './parts/pending.ts';
import { measureProxy } from './parts/proxy.ts';
import { loadCore, requireTwoCores } from './stacks/cores.ts';

const homeSecret = 'home-server-shared-secret';

/** In order, each with the words that stand above its table. */
const parts: readonly (readonly [names: readonly PartName[], title: string, part: Part])[] = [
  [['proxy'], '(a) pure proxying to the same home server', measureProxy],
  [
    ['durable-sqlite', 'durable-postgres'],
    '(b) durable logins, first factor at the home server',
    measureDurable,
  ],
  [['approved'], '(c) logins approved by devices, everything on all cores', measureApproved],
  [['pending'], '(d) logins of others while many wait, and the memory it takes', measurePending],
  [['passwords'], '(e) passwords kept by the server itself', measurePasswords],
];

/** What the closing lines tell, in this order. */
const ratioNames: readonly PartName[] = ['proxy', 'durable-sqlite', 'durable-postgres'];

async function run(options: Options): Promise<boolean> {
  if (options.what === 'console') {
    await benchConsole(options.databases);
    return true;
  }
  requireTwoCores();
  const load = await startLoad(loadCore);
  const homeServer = { port: await load.homeServer(homeSecret), secret: homeSecret };
  const context: PartContext = { options, load, homeServer };
  const ratios: Record<string, number> = {};
  let allWell = true;
  try {
    await printCeiling(context);
    for (const [names, title, part] of parts) {
      if (!names.some((name) => options.parts.includes(name))) continue;
      console.log(`\n${title}\n`);
      const found = await part(context).catch(explain);
      if (found) Object.assign(ratios, found);
      else allWell = false;
    }
  } finally {
    await load.stop();
  }
  printRatios(options, ratios);
  return allWell;
}

function explain(error: unknown): undefined {
  console.log(`not measured: ${error instanceof Error ? error.message : String(error)}\n`);
}

/** Generator and home server against each other on one core: no product can be measured to be faster than that. */
async function printCeiling({ load, homeServer, options: { pace } }: PartContext): Promise<void> {
  const plan = { ...homeServer, users: 10_000, inFlight: pace.inFlight, warmUpMs: 1000, measureMs: 2000 };
  const { perSecond } = await load.run(plan);
  console.log(
    `The generator and the home server reach ${humanNumber(perSecond)} requests/s by themselves; every reply is checked in full.`,
  );
}

function printRatios({ parts: wanted }: RadiusOptions, ratios: Ratios): void {
  for (const name of ratioNames.filter((each) => wanted.includes(each))) {
    const ratio = ratios[name];
    console.log(`ratio ${name} ${ratio === undefined ? 'not measured' : ratio.toFixed(2)}`);
  }
}

function optionsOrUsage(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return undefined;
  }
}

const options = optionsOrUsage();
// Whatever a part that failed left running ends with this process.
process.exit(options === undefined ? 2 : (await run(options)) ? 0 : 1);
