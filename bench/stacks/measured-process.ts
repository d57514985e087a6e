// A process of a measured product: its output goes to a file, as it would on a server, and not through the process that measures.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { onCore } from './cores.ts';

export interface MeasuredProcess {
  readonly pid: number;
  readonly hasEnded: () => boolean;
  /** The last of what it wrote. */
  readonly said: () => string;
  kill(signal?: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after 10 seconds. */
  stop(): Promise<void>;
  /** Waits until `ready` says so. @throws when it ends before, or after 30 seconds */
  until(ready: () => Promise<boolean>): Promise<void>;
}

export interface MeasuredOptions {
  readonly core: number | undefined;
  /** Where its output goes. */
  readonly outputFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Nothing is left running when the bench itself ends. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startMeasured(
  command: readonly string[],
  { core, outputFile, env }: MeasuredOptions,
): Promise<MeasuredProcess> {
  const [program = '', ...args] = [...onCore(core), ...command];
  const output = openSync(outputFile, 'a');
  const child = spawn(program, args, { stdio: ['ignore', output, output], ...(env && { env }) });
  closeSync(output);
  running.add(child);
  child.once('exit', () => running.delete(child));
  await once(child, 'spawn');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const said = (): string => readFileSync(outputFile, 'utf8').slice(-3000);
  return {
    pid: child.pid ?? 0,
    hasEnded,
    said,
    kill: (signal = 'SIGTERM') => void child.kill(signal),
    async stop() {
      if (hasEnded()) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
    async until(ready) {
      const deadline = performance.now() + 30_000;
      while (!(await ready())) {
        if (hasEnded()) throw new Error(`${command.join(' ')} ended:\n${said()}`);
        if (performance.now() > deadline)
          throw new Error(`${command.join(' ')} was not ready in time:\n${said()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
