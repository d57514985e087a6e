// SQL of nodes.
import type { Service } from '@countersign/contract/overview-models.ts';
import type { Read, Tx } from '#db/db.ts';
import type { NodeFacts } from './node.ts';

/** Never sets a node back to what it said before. */
export async function writeNode(tx: Tx, { services, ...node }: NodeFacts): Promise<void> {
  await tx
    .insertInto('nodes')
    .values({ ...node, services: JSON.stringify(services) })
    .onConflict((conflict) =>
      conflict
        .column('instance_id')
        .doUpdateSet((e) => ({
          seen_at: e.ref('excluded.seen_at'),
          certificate_ends_at: e.ref('excluded.certificate_ends_at'),
          services: e.ref('excluded.services'),
        }))
        .whereRef('excluded.seen_at', '>', 'nodes.seen_at'),
    )
    .execute();
}

/** Takes away those that ended before the one of their name began, and those unheard of since `before`. */
export async function forgetNodes(
  tx: Tx,
  node: Pick<NodeFacts, 'name' | 'started_at'>,
  before: number,
): Promise<void> {
  await tx
    .deleteFrom('nodes')
    .where((e) =>
      e.or([
        e('seen_at', '<', before),
        e.and([
          e('name', '=', node.name),
          e('seen_at', '<=', node.started_at),
          e('started_at', '<', node.started_at),
        ]),
      ]),
    )
    .execute();
}

export async function deleteNode(tx: Tx, instanceId: string): Promise<void> {
  await tx.deleteFrom('nodes').where('instance_id', '=', instanceId).execute();
}

/** By name. */
export async function selectNodes(read: Read): Promise<readonly NodeFacts[]> {
  const rows = await read
    .selectFrom('nodes')
    .selectAll()
    .orderBy('name')
    .orderBy('started_at')
    .orderBy('instance_id')
    .execute();
  return rows.map((row) => ({ ...row, services: JSON.parse(row.services) as Service[] }));
}
