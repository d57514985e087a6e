// A program that a test started: its output line by line, waiting for what it says, and an end that is waited for.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface StartedProgram {
  readonly pid: number;
  /** Everything it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly hasEnded: () => boolean;
  write(input: string): void;
  kill(signal?: NodeJS.Signals): void;
  /** Waits until `found` gives something; asked again at every output and every 20 ms. @throws when it ends before, or too late */
  until<T>(what: string, found: () => T | undefined | Promise<T | undefined>, withinMs?: number): Promise<T>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
}

const pollMs = 20;

/** A test that fails half-way must not leave servers behind on the machine. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The program's path comes first, its arguments after it. Rejects when it cannot be started at all. */
export async function startProgram(
  command: readonly [string, ...string[]],
  { env, cwd, input }: StartOptions = {},
): Promise<StartedProgram> {
  const [path, ...args] = command;
  const child = spawn(path, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(env && { env }),
    ...(cwd && { cwd }),
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  // It may end before it has read its input.
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  await once(child, 'spawn');
  if (input !== undefined) child.stdin.end(input);
  return program(child, path, output, ended);
}

function program(
  child: ChildProcess,
  path: string,
  output: { stdout: string; stderr: string },
  ended: Promise<number | NodeJS.Signals>,
): StartedProgram {
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const said = (): string => `\n--- its output\n${output.stdout}\n${output.stderr}`.slice(-4000);
  return {
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    hasEnded,
    write: (text) => void child.stdin?.write(text),
    kill: (signal = 'SIGTERM') => void child.kill(signal),
    async until(what, found, withinMs = 60_000) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const value = await found();
        if (value !== undefined) return value;
        if (hasEnded()) throw new Error(`${path} ended with ${await ended} before ${what}${said()}`);
        if (performance.now() > deadline)
          throw new Error(`${path}: ${what} not within ${withinMs} ms${said()}`);
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    },
  };
}

/** Runs a program to its end. */
export async function runProgram(
  command: readonly [string, ...string[]],
  options: StartOptions = {},
): Promise<{ readonly code: number | NodeJS.Signals; readonly stdout: string; readonly stderr: string }> {
  const started = await startProgram(command, { input: '', ...options });
  const code = await started.ended;
  return { code, stdout: started.stdout(), stderr: started.stderr() };
}
