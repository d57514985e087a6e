// (d) Thousands of logins that wait for people: what they cost in memory, and what they cost the others. On SQLite, server pinned.
import { readFileSync } from 'node:fs';
import { bindDevices, trustsForwarded } from '../devices/bind-devices.ts';
import type { LoadResult } from '../load/generator.ts';
import { humanNumber } from '../measure/statistics.ts';
import { printTable } from '../measure/table.ts';
import { newProfileFile, takeProfile } from '../profile/take-profile.ts';
import { type Countersign, startCountersign } from '../stacks/countersign.ts';
import { measuredCore } from '../stacks/cores.ts';
import { addManyDevices, addManyUsers, addPendingRows, countPending } from '../stacks/many-users.ts';
import { type Part, type PartContext, poolSize } from './part.ts';

/** Held as packets: of COUNTERSIGN_LOGINS_AT_ONCE, 65,536, one address may have a third. */
const heldPackets = 10_000;
/** The others are rows only: asked for on other nodes or through the API, or left by a restart. */
const manyPending = 100_000;
/** Others log in without hurry: what is measured is how long each takes. */
const othersInFlight = 16;
const othersAddress = '127.0.0.2';

export const measurePending: Part = async (context) => {
  const file = context.options.profile ? newProfileFile() : undefined;
  const server = await startCountersign({
    name: 'Countersign, SQLite',
    core: measuredCore,
    homeServer: context.homeServer,
    application: ['--request-seconds', '600'],
    env: trustsForwarded,
    profileFile: file,
  });
  try {
    const users = await addManyUsers(server, heldPackets);
    await bindDevices(server, users.slice(0, 1));
    await addManyDevices(server, heldPackets);
    const others = { context, server, secret: await addOthers(server) };

    // Memory that earlier logins left to the garbage collector is not what waiting logins cost.
    await server.whileStopped(async () => undefined);
    const rows = [await rowOf('none', others)];
    await server.whileStopped(async () => undefined);
    await context.load.hold({ port: server.port, secret: server.secret, requests: heldPackets });
    rows.push(await rowOf(`${humanNumber(await untilAllPending(server))} as waiting packets`, others));
    if (file !== undefined) await takeProfile('pending', { server, file }, () => measureOthers(others));
    await addPendingRows(server, manyPending - (await countPending(server)), heldPackets);
    rows.push(await rowOf(`${humanNumber(await countPending(server))}, the rest as rows`, others));
    const memory = ['MiB at rest', 'MiB under load'];
    printTable(['requests pending', ...memory, 'others’ logins/s', 'p50 ms', 'p99 ms'], rows);
    return {};
  } finally {
    await server.stop();
  }
};

interface Others {
  readonly context: PartContext;
  readonly server: Countersign;
  readonly secret: string;
}

/** Another application with its gateway, whose users log in meanwhile without being asked. */
async function addOthers(server: Countersign): Promise<string> {
  const { json } = server.installation;
  const { id } = await json<{ id: string }>([
    'applications',
    'create',
    '--name',
    'Others',
    '--second-factor',
    'none',
  ]);
  await addManyUsers(server, poolSize, id);
  const place = ['--application', id, '--network', othersAddress, '--home-server', 'home'];
  const created = await json<{ shared_secret: string }>([
    'radius-clients',
    'create',
    '--name',
    'others',
    ...place,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return created.shared_secret;
}

async function measureOthers({ context, server, secret }: Others): Promise<LoadResult> {
  const { load, options } = context;
  const plan = {
    port: server.port,
    secret,
    users: poolSize,
    inFlight: othersInFlight,
    sourceAddress: othersAddress,
  };
  const { firstWarmUpMs, measureMs } = options.pace;
  const result = await load.run({ ...plan, warmUpMs: firstWarmUpMs, measureMs: 2 * measureMs });
  if (result.wrong + result.missing > 0)
    throw new Error(
      `${result.wrong} wrong and ${result.missing} missing of ${result.replies} replies to others`,
    );
  return result;
}

/** Waits until no more become pending. */
async function untilAllPending(server: Countersign): Promise<number> {
  for (let before = -1; ; ) {
    const now = await countPending(server);
    if (now === before || now >= heldPackets) return now;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

async function rowOf(what: string, others: Others): Promise<readonly string[]> {
  const atRest = residentMiB(others.server);
  const { perSecond, p50Ms, p99Ms } = await measureOthers(others);
  const busy = residentMiB(others.server);
  return [
    what,
    atRest.toFixed(0),
    busy.toFixed(0),
    humanNumber(perSecond),
    humanNumber(p50Ms),
    humanNumber(p99Ms),
  ];
}

/** proc(5), /proc/PID/status: resident memory, there in KiB. */
function residentMiB(server: Countersign): number {
  const status = readFileSync(`/proc/${server.process().pid}/status`, 'utf8');
  return Number(/VmRSS:\s+([0-9]+)/.exec(status)?.[1]) / 1024;
}
