// SQL of gateways.
import type { MessageChannel } from '@countersign/contract/message-models.ts';
import { sql, type Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { MessageGatewayTable } from '#db/message-tables.ts';
import { Problem } from '#platform/problem.ts';
import type { GatewayRow } from './message-gateway.ts';

/** All of a channel, in their order. */
export const selectGateways = (read: Read, channel: MessageChannel): Promise<GatewayRow[]> =>
  read
    .selectFrom('message_gateways')
    .selectAll()
    .where('channel', '=', channel)
    .orderBy('position')
    .orderBy('id')
    .execute();

/** @throws Problem not_found */
export async function requireGateway(read: Read, channel: MessageChannel, id: string): Promise<GatewayRow> {
  const row = await read
    .selectFrom('message_gateways')
    .selectAll()
    .where('channel', '=', channel)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new Problem('not_found');
  return row;
}

export async function insertGateway(tx: Tx, row: GatewayRow): Promise<void> {
  await tx.insertInto('message_gateways').values(row).execute();
}

/** `updated_at` always grows, so that what is kept of a gateway can tell that it was changed. */
export function updateGateway(
  tx: Tx,
  id: string,
  now: number,
  set: Updateable<MessageGatewayTable>,
): Promise<GatewayRow | undefined> {
  const updated_at = sql<number>`case when updated_at < ${now} then ${now} else updated_at + 1 end`;
  return tx
    .updateTable('message_gateways')
    .set({ ...set, updated_at })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Positions from 1, in the order of the ids. */
export async function numberGateways(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries())
    await tx
      .updateTable('message_gateways')
      .set({ position: index + 1 })
      .where('id', '=', id)
      .execute();
}

/** How it went; no change of the gateway. */
export async function noteOutcome(
  tx: Tx,
  id: string,
  noted: Pick<Updateable<MessageGatewayTable>, 'last_accepted_at' | 'last_failed_at' | 'last_failure'>,
): Promise<void> {
  await tx.updateTable('message_gateways').set(noted).where('id', '=', id).execute();
}
