// A clock that a test turns under a running server, as when somebody sets the machine's time; turn-clock.ts is loaded into its process.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerProcess } from '@countersign/testkit/peers/server-process.ts';

export interface TurnedClock {
  /** For the server. */
  readonly env: Readonly<Record<string, string>>;
  /** @param offset milliseconds from the machine's time, not from what it was turned to before */
  turn(server: ServerProcess, offset: number): Promise<void>;
  remove(): void;
}

export function turnedClock(): TurnedClock {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-clock-'));
  const file = join(folder, 'clock');
  writeFileSync(file, '0');
  return {
    env: { NODE_OPTIONS: `--import ${join(import.meta.dirname, 'turn-clock.ts')}`, TEST_CLOCK: file },
    async turn(server, offset) {
      const turns = (): number => server.stderr().match(/^clock: /gm)?.length ?? 0;
      const before = turns();
      writeFileSync(file, String(offset));
      process.kill(server.pid, 'SIGUSR2');
      await server.until('its clock is set', () => turns() > before || undefined);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
