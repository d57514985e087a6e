// (c) The main job: the home server checks the password, a device is asked, fetches the challenge, signs, and the gateway gets its
// Accept. Nothing is pinned: server, database, devices, generator and home server share the machine as they like.
import { startPostgres } from '@countersign/testkit/peers/postgres.ts';
import { bindDevices, trustsForwarded } from '../devices/bind-devices.ts';
import { startLoad } from '../load/start-load.ts';
import { type Measured, measureInTurn, printMeasured } from '../measure/compare.ts';
import { newProfileFile, takeProfile } from '../profile/take-profile.ts';
import { startCountersign } from '../stacks/countersign.ts';
import type { Target } from '../stacks/freeradius.ts';
import { addManyUsers } from '../stacks/many-users.ts';
import type { Part, PartContext } from './part.ts';

/** Each is asked no more often than the limits of the device protocol allow. */
const devices = 600;

export const measureApproved: Part = async (context) => {
  const postgres = await startPostgres({ durable: true });
  try {
    const onSqlite = await measureOn(context, 'SQLite', undefined);
    const onPostgres = await measureOn(context, 'PostgreSQL', await postgres.createDatabase('countersign'));
    printMeasured('logins/s', [...onSqlite, ...onPostgres]);
    return {};
  } finally {
    await postgres.stop();
  }
};

async function measureOn(
  { options: { pace, profile }, homeServer: { secret: homeSecret } }: PartContext,
  database: string,
  databaseUrl: string | undefined,
): Promise<readonly Measured[]> {
  const file = profile ? newProfileFile() : undefined;
  const load = await startLoad(undefined);
  const server = await startCountersign({
    name: `Countersign, ${database}`,
    core: undefined,
    databaseUrl,
    homeServer: { port: await load.homeServer(homeSecret), secret: homeSecret },
    env: trustsForwarded,
    profileFile: file,
  });
  try {
    const bound = await bindDevices(server, await addManyUsers(server, devices));
    await load.approve(server.installation.url, bound);
    const planOf = ({ port, secret }: Target) => ({ port, secret, users: devices, replyWithinMs: 30_000 });
    const measured = await measureInTurn(load, [server], planOf, pace);
    const name = `approved-${database.toLowerCase()}`;
    if (file !== undefined)
      await takeProfile(name, { server, file }, () => load.run({ ...planOf(server), ...pace }));
    const { failures, lastFailure } = await load.approve(server.installation.url, []);
    if (failures > 0)
      console.log(`${database}: ${failures} calls of devices failed, the last with: ${lastFailure}\n`);
    return measured;
  } finally {
    await load.stop();
    await server.stop();
  }
}
