// How long the long runs are: kill rounds, fuzz packets, floods. Short by default, so that everything fits into one CI run.

const variable = 'COUNTERSIGN_TEST_SCALE';

/** The factor by which long runs are longer than in CI, 1 or more. @throws Error when the variable is no such number */
export function testScale(environment: NodeJS.ProcessEnv = process.env): number {
  const text = environment[variable] ?? '1';
  const factor = Number(text);
  if (!(factor >= 1 && factor <= 10_000))
    throw new Error(`${variable} is ${text}; it must be a number from 1 to 10000`);
  return factor;
}
