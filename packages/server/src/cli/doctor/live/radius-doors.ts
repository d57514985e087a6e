// A made-up login as each RADIUS client, from an address of this machine that belongs to it, and what became of it in the activity.
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import type { Answer, LoginPlayer } from '#connectors/radius-doors/play-login.ts';
import { listActivity } from '#core/authentication/list-activity.ts';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { ListenAddress } from '#platform/environment.ts';
import { fail, type Finding, ok, unknown, warn } from '../check.ts';
import { madeUpName } from './made-up-name.ts';

export interface RadiusDoorDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly db: Db;
  readonly player: LoginPlayer;
  /** By RADIUS client id: an address of this machine that is taken for it. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** A login on this machine takes milliseconds; home servers have their own time on top. */
const patienceMs = 5000;
const longestMs = 60_000;

export async function playRadiusDoors(
  deps: RadiusDoorDeps,
  clients: readonly LoadedRadiusClient[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  // One after the other: a flood of its own would find only itself.
  for (const client of clients) findings.push(await playOne(deps, client));
  return findings;
}

async function playOne(deps: RadiusDoorDeps, client: LoadedRadiusClient): Promise<Finding> {
  const name = `live: RADIUS client “${client.name}”`;
  const from = deps.addresses.get(client.id);
  const to = from === undefined ? undefined : listenerFor(deps.config.radiusListen, from);
  if (from === undefined || to === undefined)
    return unknown(
      name,
      `not played: this machine has no address in ${client.network}; its shared secret could be opened, and that is all that was tested`,
      'Log in through it once, and see countersign activity list. A RADIUS client for 127.0.0.1 of the same application lets doctor --live play the rest.',
    );
  const { secret, messageAuthenticator } = client;
  const door = { address: to.host, port: to.port, secret, messageAuthenticator, from };
  const status = await deps.player.status(door, patienceMs);
  if (status !== 'accepted') return unanswered(name, status, from);
  const username = madeUpName();
  const homeMs = client.homeServers.reduce((sum, { timeoutMs, tries }) => sum + timeoutMs * tries, 0);
  const since = deps.clock.monotonic();
  const answer = await deps.player.login(door, username, Math.min(longestMs, patienceMs + homeMs));
  const ms = Math.round(deps.clock.monotonic() - since);
  return describe(name, { answer, ms, reason: await reasonOf(deps, username) });
}

/** Where a packet from this address reaches the server. */
function listenerFor(
  listeners: readonly ListenAddress[],
  from: string,
): { host: string; port: number } | undefined {
  const isV6 = from.includes(':');
  const listener = listeners.find(({ host }) => host.includes(':') === isV6);
  if (!listener) return undefined;
  const isWildcard = listener.host === '0.0.0.0' || listener.host === '::';
  return { host: isWildcard ? from : listener.host, port: listener.port };
}

function unanswered(name: string, answer: Answer, from: string): Finding {
  if (answer === 'unreachable')
    return fail(name, 'nothing listens on the RADIUS port', 'Start the server; see the RADIUS lines above.');
  return fail(
    name,
    `Status-Server from ${from} was not answered`,
    'countersign_radius_packets_total in the metrics says what became of it. A RADIUS client that was just made is known within a second.',
  );
}

/** @returns undefined when it was not written down */
async function reasonOf(
  { db, clock }: Pick<RadiusDoorDeps, 'db' | 'clock'>,
  username: string,
): Promise<RefusalReasonCode | undefined> {
  const { items } = await listActivity({ db, clock }, null, { limit: 200 });
  return items.find((each) => each.username === username)?.reason ?? undefined;
}

interface Played {
  readonly answer: Answer;
  readonly ms: number;
  readonly reason: RefusalReasonCode | undefined;
}

const rightReasons: readonly (RefusalReasonCode | undefined)[] = ['unknown_user', 'first_factor_refused'];

function describe(name: string, { answer, ms, reason }: Played): Finding {
  if (answer === 'accepted')
    return fail(name, 'a login with a made-up name was accepted', 'Take the server off the network.');
  if (answer === 'challenged')
    return ok(name, `a home server asked a made-up name for more, in ${ms} ms; everything up to it works`);
  if (answer !== 'rejected')
    return fail(
      name,
      `Status-Server was answered, a login was not, within ${ms} ms`,
      'See the server’s log; countersign_login_seconds in the metrics says where the time goes.',
    );
  if (rightReasons.includes(reason))
    return ok(name, `a login with a made-up name was refused in ${ms} ms, for the right reason (${reason})`);
  if (reason === 'home_server_unavailable')
    return fail(
      name,
      `no home server answered within ${ms} ms`,
      'See the home servers above: nobody can log in through this RADIUS client.',
    );
  if (reason === undefined)
    return warn(
      name,
      `a login with a made-up name was refused in ${ms} ms, but why was not written down`,
      'Under a flood only some refusals are: see countersign_logins_refused_total in the metrics, and try again.',
    );
  return warn(
    name,
    `a login was refused in ${ms} ms because of ${reason}`,
    'docs/reference/refusal-reasons.md says what to do.',
  );
}
