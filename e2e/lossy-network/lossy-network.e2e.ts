// Five hundred people log in through a network that loses three datagrams in ten, takes its time and delivers some twice: each phone is
// asked once for each login, and nobody is refused wrongly.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Code } from '@countersign/radius';
import { startProgram } from '@countersign/testkit/peers/child-process.ts';
import { type FreeradiusPeer, startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { hasLossyLink, type LossyLink, startLossyLink } from '@countersign/testkit/peers/lossy-link.ts';
import type { NasOrder } from '@countersign/testkit/peers/nas-main.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import type { NasLoginResult } from '@countersign/testkit/peers/retrying-nas.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveAll, enrolFleet, fleetEnvironment, type Member } from '../fleet.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const network = { loss: 30, delayMs: 200, jitterMs: 50, duplicate: 5, seed: 20_260_101 } as const;
const sessionsOfUser = 2;
const users = Math.ceil((500 * testScale()) / sessionsOfUser);
const logins = users * sessionsOfUser;
const everyMs = 30;
/** Four times the same packet, then a new port; faster than real ones, so that more of it happens in the same time. */
const policy = { timeoutMs: 1500, tries: 4, patienceMs: 55_000, everyMs };

/** A home server checks it: every try from a new port is checked anew, and hashes would be most of the work. */
const homePassword = 'the-same-for-everybody';

const nasProgram = join(import.meta.dirname, '../../packages/testkit/src/peers/nas-main.ts');

describe.skipIf(!hasLossyLink())(`${logins} logins through a bad network`, () => {
  let link: LossyLink;
  let home: FreeradiusPeer;
  let vpn: Vpn;
  let fleet: Member[];
  let secret: string;
  beforeAll(async () => {
    const httpPort = await freePort();
    link = await startLossyLink(network, [httpPort]);
    vpn = await deployVpn({
      httpPort,
      inside: link.server.inside,
      env: { ...fleetEnvironment, COUNTERSIGN_RADIUS_LISTEN: `${link.server.address}:1812` },
    });
    home = await startFreeradius({ everybody: homePassword, inside: link.server.inside });
    await vpn.addHomeServer('radius', home);
    const created = await vpn.installation.json<{ shared_secret: string }>([
      ...['radius-clients', 'create', '--name', 'far-away', '--application', vpn.application.id],
      ...['--network', link.nas.address, '--home-server', 'radius'],
    ]);
    secret = created.shared_secret;
    fleet = await enrolFleet(vpn, users, { homePassword });
  });
  afterAll(async () => {
    await vpn?.stop();
    await home?.stop();
    const frames = await link?.stop();
    if (frames)
      console.log(`frames: ${frames.passed} passed, ${frames.lost} lost, ${frames.duplicated} twice`);
  });

  const nas = async (order: NasOrder): Promise<readonly NasLoginResult[]> => {
    const [ip, ...rest] = link.nas.inside;
    const program = await startProgram([ip, ...rest, process.execPath, nasProgram], {
      input: JSON.stringify(order),
    });
    const code = await program.ended;
    if (code !== 0) throw new Error(`the NAS ended with ${code}: ${program.stderr()}`);
    return JSON.parse(program.stdout()) as NasLoginResult[];
  };

  test('each is one request on the phone, and none is refused', async () => {
    const phones = approveAll(fleet);
    const results = await nas({
      servers: [{ address: link.server.address, port: 1812, secret }],
      logins: fleet.flatMap(({ user }, index) =>
        Array.from({ length: sessionsOfUser }, (_, nth) => ({
          ...user,
          session: randomBytes(8).toString('hex'),
          from: `10.${nth}.${Math.floor(index / 250)}.${(index % 250) + 1}`,
        })),
      ),
      policy,
    });
    await phones.stop();
    tell(results);

    expect(ends()).toEqual({ approved: logins });
    expect(results.filter(({ code }) => code !== Code.AccessAccept)).toEqual([]);
    expect(phones.seen.size).toBe(logins);
    expect([...phones.seen.values()].filter((challenges) => challenges.length !== 1)).toEqual([]);
    expect(phones.taken()).toBe(logins);
    expect(await vpn.installation.json(['audit', 'verify'])).toMatchObject({ kind: 'intact' });
  });

  /** How many auth requests ended how. */
  const ends = (): Record<string, number> => {
    const database = new DatabaseSync(join(vpn.installation.dataDirectory, 'countersign.db'), {
      readOnly: true,
    });
    const rows = database
      .prepare('select status, reason, count(*) as n from auth_requests group by status, reason')
      .all();
    database.close();
    return Object.fromEntries(
      rows.map(({ status, reason, n }) => [[status, reason].filter(Boolean).join(' '), Number(n)]),
    );
  };
});

function tell(results: readonly NasLoginResult[]): void {
  const sum = (of: (result: NasLoginResult) => number) =>
    results.reduce((total, each) => total + of(each), 0);
  const slowest = Math.max(...results.map(({ milliseconds }) => milliseconds));
  const moved = results.filter(({ ports }) => ports > 1).length;
  console.log(
    `${results.length} logins, ${sum(({ transmissions }) => transmissions)} datagrams sent, ${moved} from more than one port, slowest ${slowest} ms`,
  );
}
