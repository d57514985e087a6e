// A watch in a world where time passes only when the test says so.
import { expect, onTestFinished, test } from 'vitest';
import { ServerProblem, ServerUnreachable } from '@countersign/ui/server-problem.ts';
import { pace, pauseFor, type Seen, watchAccount } from './watch-account.ts';

type Answer = readonly string[] | Error;

function world(answers: Answer[], follow?: (askAgain: () => void) => Promise<void>) {
  const reports: Seen<string>[] = [];
  const pauses: number[] = [];
  const wake: (() => void)[] = [];
  const watch = watchAccount<string>({
    list: async () => {
      const answer = answers.shift() ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...(follow ? { follow } : {}),
    report: (seen) => reports.push(seen),
    pause: (ms, signal) => {
      pauses.push(ms);
      return new Promise((resolve) => {
        wake.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (signal.aborted) resolve();
      });
    },
  });
  onTestFinished(() => watch.stop());
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const pass = async () => {
    await settled();
    for (const go of wake.splice(0)) go();
    await settled();
  };
  return { watch, reports, pauses, pass, settled };
}

test('polls without a stream, and quicker while something is pending', async () => {
  const { reports, pauses, pass } = world([[], ['a'], []]);
  await pass();
  await pass();
  expect(reports.map((seen) => seen.state === 'connected' && seen.pending)).toEqual([[], ['a'], []]);
  expect(pauses.slice(0, 2)).toEqual([pace.polling, pace.pending]);
});

test('the stream says when to ask; then asking by itself is rare', async () => {
  let askAgain: () => void = () => undefined;
  const { reports, pauses, settled } = world([[], [], ['a']], (ask) => {
    askAgain = ask;
    ask();
    return new Promise(() => undefined);
  });
  await settled();
  expect(pauses.at(-1)).toBe(pace.streaming);
  const before = reports.length;
  askAgain();
  await settled();
  expect(reports.length).toBeGreaterThan(before);
});

test('trouble is told, waited out longer and longer, and forgotten when it is over', async () => {
  const off = () => new ServerUnreachable('offline');
  const { reports, pauses, pass } = world([off(), off(), off(), off(), off(), [], off()]);
  for (let times = 0; times < 7; times += 1) await pass();
  expect(reports[0]).toEqual({ state: 'trouble', code: 'unreachable' });
  expect(pauses.slice(0, 7)).toEqual([2000, 4000, 8000, 15_000, 15_000, pace.polling, 2000]);
});

test('a device that is not accepted asks seldom, and keeps asking', async () => {
  const { reports, pauses, pass } = world([new ServerProblem({ code: 'proof_invalid' }), ['a']]);
  await pass();
  expect(pauses[0]).toBe(pace.refused);
  expect(reports).toEqual([
    { state: 'trouble', code: 'proof_invalid' },
    { state: 'connected', pending: ['a'] },
  ]);
});

test('asking at once ends a pause; a stopped watch says nothing more', async () => {
  const { watch, reports, settled } = world([[], ['a']]);
  await settled();
  watch.askNow();
  await settled();
  expect(reports).toHaveLength(2);
  watch.stop();
  watch.askNow();
  await settled();
  expect(reports).toHaveLength(2);
});

test('the real pause ends by its signal', async () => {
  const stop = new AbortController();
  const pause = pauseFor(1_000_000, stop.signal);
  stop.abort();
  await pause;
  await pauseFor(1_000_000, stop.signal);
});
