// Says every few seconds that this process lives and how its services are, and notices another one that runs under the same name.
// It never keeps a server from starting: whether the other one still lives shows only when it is heard of again, and after a crash
// nobody may wait for that. Two of one name do no harm to the audit trail either; they only confuse whoever looks.
import type { Service } from '@countersign/contract/overview-models.ts';
import { commonTime } from '#db/database-time.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { repeat } from '#platform/repeat.ts';
import { areTwins, beatMs, forgottenAfterMs, isAlive, type NodeFacts } from './node.ts';
import { deleteNode, forgetNodes, selectNodes, writeNode } from './node-store.ts';

export interface KeepNodeDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  readonly instanceId: string;
  readonly name: string;
  readonly version: string;
  readonly certificateEndsAt: number | null;
  readonly services: () => Promise<readonly Service[]>;
}

/** As long as there are two, it is said again after so many rounds. */
const roundsBetweenWarnings = 60;

export interface KeptNode {
  /** One round; to be called again and again. @throws Unavailable */
  beat(): Promise<void>;
  /** Says goodbye: whoever stops in order is not missed. */
  leave(): Promise<void>;
}

export function createNode(deps: KeepNodeDeps): KeptNode {
  let startedAt: number | undefined;
  let quietRounds = 0;
  const warn = (twin: NodeFacts | undefined): void => {
    quietRounds = twin === undefined ? 0 : Math.max(0, quietRounds - 1);
    if (twin === undefined || quietRounds > 0) return;
    quietRounds = roundsBetweenWarnings;
    deps.log.error(
      { node: deps.name, other_started_at: twin.started_at, other_version: twin.version },
      'another server runs under this node’s name: give each its own COUNTERSIGN_NODE',
    );
  };
  return {
    async beat() {
      const services = await deps.services();
      const now = await commonTime(deps.db, deps.clock);
      startedAt ??= now;
      const own = ownFacts(deps, { startedAt, now, services });
      await deps.db.write(async (tx) => {
        await writeNode(tx, own);
        await forgetNodes(tx, own, now - forgottenAfterMs);
      });
      const nodes = await selectNodes(deps.db.read);
      warn(nodes.find((node) => areTwins(node, own) && isAlive(node, now)));
    },
    leave: () => deps.db.write((tx) => deleteNode(tx, deps.instanceId)),
  };
}

const ownFacts = (
  { instanceId, name, version, certificateEndsAt }: KeepNodeDeps,
  { startedAt, now, services }: { startedAt: number; now: number; services: readonly Service[] },
): NodeFacts => ({
  instance_id: instanceId,
  name,
  version,
  started_at: startedAt,
  seen_at: now,
  certificate_ends_at: certificateEndsAt,
  services,
});

/** @returns ends it, and says goodbye */
export async function keepNode(
  deps: KeepNodeDeps,
  failed: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const node = createNode(deps);
  await node.beat().catch(failed);
  const stop = repeat(beatMs, node.beat, failed);
  return async () => {
    await stop();
    await node.leave().catch(failed);
  };
}
