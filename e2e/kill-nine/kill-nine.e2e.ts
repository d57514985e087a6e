// Killed at random moments under load, again and again: nothing that was acknowledged is lost, nothing counts twice, no hand is needed.
import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { testScale } from '@countersign/testkit/scale.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, postgresServer } from '../databases.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import { findContradictions } from './compare.ts';
import { type Load, startLoad } from './load.ts';
import { populate } from './population.ts';

const scale = testScale();
const rounds = { SQLite: Math.round(10 * scale), PostgreSQL: Math.round(5 * scale) };
/** How long the server lives, in milliseconds. */
const life = () => randomInt(300, 1300);
/** On PostgreSQL, every so many rounds it is the database that dies. */
const databaseDies = 5;
const roundMs = 15_000;

afterAll(() => Promise.all(databases.map((database) => database.stop())));

describe.each(databases.filter(({ here }) => here))('on $name', (database) => {
  let vpn: Vpn;
  let load: Load;
  let databaseUrl: string | undefined;
  beforeAll(async () => {
    databaseUrl = await database.create();
    vpn = await deployVpn({ databaseUrl });
    load = startLoad(await populate(vpn));
  });
  afterAll(async () => {
    await vpn?.server().kill();
    vpn?.installation.remove();
  });

  const restarts: number[] = [];
  async function killServer(): Promise<void> {
    await vpn.server().kill();
    const began = performance.now();
    // Ready means that it found nothing to be mended by hand: no lock, no half a migration, no broken file.
    vpn.restarted(await vpn.installation.start());
    restarts.push(performance.now() - began);
  }

  async function killDatabase(): Promise<void> {
    const server = await postgresServer();
    await server.shutDown('SIGQUIT');
    await server.start();
    await vpn.server().until('it is ready again', async () => {
      const answer = await fetch(`${vpn.installation.url}/health/ready`).catch(() => undefined);
      return answer?.ok || undefined;
    });
  }

  const count = rounds[database.name];
  test(
    `${count} rounds`,
    async () => {
      for (let round = 1; round <= count; round += 1) {
        await setTimeout(life());
        if (database.name === 'PostgreSQL' && round % databaseDies === 0) await killDatabase();
        else await killServer();
        await load.replay();
      }
      await load.stop();
      const { ledger } = load;
      const slowest = Math.round(Math.max(...restarts));
      const middle = Math.round(restarts.toSorted((a, b) => a - b)[restarts.length >> 1] ?? 0);
      const { accepted, refused, answered, approved, bound, replays } = ledger;
      console.log(
        `${database.name}: ${count} rounds; told: ${accepted.length} Access-Accepts, ${refused} Access-Rejects, ${answered.length} approvals by phones, ${approved.length} by the API, ${bound.length} phones bound; ${replays} replays refused; restart ${middle} ms in the middle, ${slowest} ms at most`,
      );
      expect([...new Set(ledger.surprises)]).toEqual([]);
      expect(accepted.length).toBeGreaterThan(count);
      expect(replays).toBeGreaterThan(count);
      const { dataDirectory } = vpn.installation;
      expect(await findContradictions({ databaseUrl, dataDirectory }, ledger)).toEqual([]);
      expect(await vpn.installation.json(['audit', 'verify'])).toMatchObject({ kind: 'intact' });
    },
    60_000 + count * roundMs,
  );
});
