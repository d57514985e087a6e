// Asks the server over HTTP, one call after the other on one connection, and keeps how long each took until its whole answer was there.
import type { Call } from './calls.ts';

export interface Timed {
  readonly call: Call;
  readonly p50: number;
  readonly p95: number;
}

export interface Api {
  readonly url: string;
  readonly token: string;
}

const rounds = 20;
/** What is remembered is asked anew only after three seconds. */
const pauseMs = 3100;

export async function measureCalls(api: Api, calls: readonly Call[]): Promise<readonly Timed[]> {
  const timed: Timed[] = [];
  for (const call of calls.filter(({ remembered }) => remembered !== true))
    timed.push(await measureCall(api, call));
  return [
    ...timed,
    ...(await measureRemembered(
      api,
      calls.filter(({ remembered }) => remembered === true),
    )),
  ];
}

async function measureCall(api: Api, call: Call): Promise<Timed> {
  const path = await follow(api, call);
  await get(api, path);
  const times: number[] = [];
  for (let n = 0; n < rounds; n += 1) times.push(await time(() => get(api, path)));
  return summary(call, times);
}

async function measureRemembered(api: Api, calls: readonly Call[]): Promise<readonly Timed[]> {
  const times = new Map(calls.map((call) => [call, [] as number[]]));
  for (let n = 0; n < rounds; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    for (const [call, all] of times) all.push(await time(() => get(api, call.path)));
  }
  return [...times].map(([call, all]) => summary(call, all));
}

function summary(call: Call, times: readonly number[]): Timed {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { call, p50: at(0.5), p95: at(0.95) };
}

/** An API client may ask a hundred times a second. */
const restMs = 12;

async function time(work: () => Promise<unknown>): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, restMs));
  const since = performance.now();
  await work();
  return performance.now() - since;
}

async function follow(api: Api, { path, pagesOn = 0 }: Call): Promise<string> {
  let to = path;
  for (let n = 0; n < pagesOn; n += 1) {
    const { next_cursor: cursor } = (await get(api, to)) as { next_cursor: string | null };
    if (cursor === null) throw new Error(`${path} has no page ${n + 2}`);
    to = `${path}&cursor=${cursor}`;
  }
  return to;
}

async function get({ url, token }: Api, path: string): Promise<unknown> {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  const body: unknown = await answer.json();
  if (answer.status === 429) throw new Error('asked too often: the figures would be those of the limit');
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(body)}`);
  return body;
}
