// The real product as an administrator runs it: a fresh data directory, free ports, the `serve` command, the command line beside it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, type StartedProgram, startProgram } from './child-process.ts';
import { freePort, freeUdpPort, hasIpv6Loopback } from './ports.ts';

const mainFile = join(import.meta.dirname, '../../../server/src/main.ts');

export interface InstallationOptions {
  readonly databaseUrl?: string | undefined;
  /** More variables, or others. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** An existing directory to keep the data directory in; else a fresh one that `remove` deletes. */
  readonly directory?: string;
  /** A free one when absent. */
  readonly httpPort?: number;
  /** Put before the command that starts the server, such as `ip netns exec NAME`. */
  readonly inside?: readonly string[];
}

export interface CommandResult {
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface ServerProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Both, for what must be in the log or must not. */
  readonly output: () => string;
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly until: StartedProgram['until'];
  /** SIGTERM, and the exit code. */
  terminate(): Promise<number | NodeJS.Signals>;
  /** SIGTERM without waiting. */
  askToStop(): void;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
}

export interface ServerInstallation {
  /** Where the data directory is, or will be after the first start. */
  readonly dataDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Also the public URL. */
  readonly url: string;
  readonly httpPort: number;
  readonly radiusPort: number;
  /** Starts the server and waits until it is ready. @throws with its output when it ends instead */
  start(env?: Readonly<Record<string, string | undefined>>): Promise<ServerProcess>;
  /** Starts the server, expecting that it refuses to. @param wrapper a program that runs it, with its arguments */
  tryToStart(
    env?: Readonly<Record<string, string | undefined>>,
    wrapper?: readonly [string, ...string[]],
  ): Promise<CommandResult>;
  /** Runs `countersign` with these arguments. */
  countersign(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** As `countersign`, with `--json`; returns what it printed. @throws when it did not end with 0 */
  json<T = Record<string, unknown>>(args: readonly string[], options?: CommandOptions): Promise<T>;
  remove(): void;
}

/** Nothing is started or written yet, apart from a throw-away directory. */
export async function newInstallation(options: InstallationOptions = {}): Promise<ServerInstallation> {
  const [httpPort, radiusPort] = await Promise.all([options.httpPort ?? freePort(), freeUdpPort()]);
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'countersign-e2e-'));
  const dataDirectory = join(directory, 'data');
  const url = `http://localhost:${httpPort}`;
  const env = definedOnly({
    ...inherited(),
    // Hundreds of commands start in a run; compiled once, each needs half the time.
    NODE_COMPILE_CACHE: join(tmpdir(), `countersign-compile-cache-${process.getuid?.() ?? 0}`),
    COUNTERSIGN_DATA_DIR: dataDirectory,
    COUNTERSIGN_HTTP_LISTEN: `127.0.0.1:${httpPort}`,
    COUNTERSIGN_RADIUS_LISTEN: `127.0.0.1:${radiusPort}${hasIpv6Loopback() ? `,[::1]:${radiusPort}` : ''}`,
    COUNTERSIGN_PUBLIC_URL: url,
    DATABASE_URL: options.databaseUrl,
    ...options.env,
  });
  const run = (args: readonly string[], { input = '', env: more }: CommandOptions = {}) =>
    runProgram([process.execPath, mainFile, ...args], { input, env: definedOnly({ ...env, ...more }) });
  return {
    dataDirectory,
    env,
    url,
    httpPort,
    radiusPort,
    start: (more) => startServer(url, definedOnly({ ...env, ...more }), options.inside),
    tryToStart: (more, wrapper) => tryToStart(definedOnly({ ...env, ...more }), wrapper),
    countersign: run,
    async json<T>(args: readonly string[], commandOptions?: CommandOptions) {
      const { code, stdout, stderr } = await run([...args, '--json'], commandOptions);
      if (code !== 0) throw new Error(`countersign ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
      return JSON.parse(stdout) as T;
    },
    remove: () => options.directory ?? rmSync(directory, { recursive: true, force: true }),
  };
}

async function startServer(
  url: string,
  env: Record<string, string>,
  inside: readonly string[] = [],
): Promise<ServerProcess> {
  const [first, ...rest] = [...inside, process.execPath, mainFile, 'serve'];
  const program = await startProgram([first, ...rest], { env });
  await program.until('it is ready', async () => {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    return answer?.ok || undefined;
  });
  return {
    pid: program.pid,
    stdout: program.stdout,
    stderr: program.stderr,
    output: () => program.stdout() + program.stderr(),
    ended: program.ended,
    until: program.until,
    async terminate() {
      program.kill('SIGTERM');
      return program.ended;
    },
    askToStop: () => program.kill('SIGTERM'),
    async kill() {
      program.kill('SIGKILL');
      await program.ended;
    },
  };
}

async function tryToStart(
  env: Record<string, string>,
  wrapper?: readonly [string, ...string[]],
): Promise<CommandResult> {
  const serve = [process.execPath, mainFile, 'serve'] as const;
  const program = await startProgram(wrapper ? [...wrapper, ...serve] : serve, { env, input: '' });
  const timer = setTimeout(() => program.kill('SIGKILL'), 120_000);
  const code = await program.ended;
  clearTimeout(timer);
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

/** The test run's own variables must not reach the product, which refuses what it does not know. */
function inherited(): Record<string, string | undefined> {
  const foreign = /^(COUNTERSIGN_|DATABASE_URL$|VITEST|NODE_OPTIONS$|TEST_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

const definedOnly = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
