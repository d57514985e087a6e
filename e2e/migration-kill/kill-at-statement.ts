// Loaded into the product's process before it: counts the statements that its database drivers run, and kills the process, as a power
// cut would, before the one whose number is in TEST_KILL_AT. Without one it says at the end how many there were.
import { createRequire } from 'node:module';

type Run = (this: unknown, ...given: unknown[]) => unknown;
interface Sqlite {
  new (file: string): { prepare(statement: string): object; close(): void };
  readonly prototype: Record<string, Run>;
}

/** The very drivers that the product is about to load; nothing here uses them, it only counts. */
const loadedByServer = createRequire(new URL('../../packages/server/package.json', import.meta.url));
const killAt = Number(process.env.TEST_KILL_AT ?? 0);
let statements = 0;

function count(): void {
  statements += 1;
  if (statements !== killAt) return;
  process.kill(process.pid, 'SIGKILL');
  // Until the signal is there, nothing more is done.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function countCalls(prototype: Record<string, Run>, names: readonly string[]): void {
  for (const name of names) {
    const original = prototype[name];
    if (!original) throw new Error(`the driver has no ${name}`);
    prototype[name] = function counted(...given) {
      count();
      return original.apply(this, given);
    };
  }
}

const Database = loadedByServer('better-sqlite3') as Sqlite;
const probe = new Database(':memory:');
countCalls(Object.getPrototypeOf(probe.prepare('select 1')) as Record<string, Run>, [
  'run',
  'get',
  'all',
  'iterate',
]);
probe.close();
countCalls(Database.prototype, ['exec', 'pragma']);
const { Client } = loadedByServer('pg') as { Client: { prototype: Record<string, Run> } };
countCalls(Client.prototype, ['query']);

process.on('exit', () => process.stderr.write(`statements: ${statements}\n`));
