// doctor --live: a login through every door of the running server, with a name that nobody has (docs/adr/0010).
import { networkInterfaces } from 'node:os';
import {
  addressesOfClients,
  type LoginPlayer,
  openLoginPlayer,
} from '#connectors/radius-doors/play-login.ts';
import { loadHomeServers, type OpenedHomeServer } from '#core/home-servers/load-home-servers.ts';
import { loadRadiusClients } from '#core/radius-clients/load-radius-clients.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { fail, type Finding, ok, warn } from '../check.ts';
import { playHttpDoors } from './http-doors.ts';
import { madeUpName } from './made-up-name.ts';
import { playRadiusDoors } from './radius-doors.ts';

export interface LiveDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly db: Db;
  readonly key: Uint8Array;
}

export async function playDoors({ config, clock, db, key }: LiveDeps): Promise<readonly Finding[]> {
  const vault = createVault(key, systemRandom);
  const player = openLoginPlayer(systemRandom);
  try {
    const clients = await loadRadiusClients({ db, vault });
    const addresses = addressesOfClients(clients, ownAddresses());
    const homeServers = await loadHomeServers({ db, vault });
    return [
      ...(await playHttpDoors({ config, clock })),
      ...(await playHomeServers(player, homeServers)),
      ...(await playRadiusDoors({ config, clock, db, player, addresses }, clients)),
    ];
  } finally {
    await player.close();
  }
}

const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));

/** Asks each home server as the server itself would: also those that do not answer Status-Server. */
function playHomeServers(
  player: LoginPlayer,
  servers: readonly OpenedHomeServer[],
): Promise<readonly Finding[]> {
  return Promise.all(
    servers.map(async (server) => {
      const name = `live: home server “${server.name}”`;
      const answer = await player.login(server, madeUpName(), server.timeoutMs * server.tries);
      if (answer === 'rejected' || answer === 'challenged')
        return ok(name, `a login with a made-up name was ${answer}, as it must be`);
      if (answer === 'accepted')
        return fail(name, 'a login with a made-up name was accepted', 'Find out why it lets anybody in.');
      if (answer === 'not_genuine')
        return fail(
          name,
          'it answers, but not with the same shared secret, or without the Message-Authenticator that is asked of it',
          'Compare the shared secret on both sides; see --message-authenticator of this home server.',
        );
      return warn(
        name,
        'a login with a made-up name was not answered',
        'Some servers answer nobody they do not know: try a real login. Else check that it runs, that it knows this machine as a client, address, port and firewalls.',
      );
    }),
  );
}
