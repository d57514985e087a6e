// Sends a message without a code, by one gateway or as a code would be, and tells what each gateway said.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import type { Courier, Delivery } from './courier.ts';

/** It was counted before, like any other. @throws Problem not_found, Unavailable */
export async function testGateways<Message>(
  deps: AuditDeps & { readonly db: Db },
  courier: Courier<Message>,
  actor: Actor,
  { message, only }: { readonly message: Message; readonly only: string | undefined },
  signal: AbortSignal,
): Promise<Delivery> {
  const delivery = await courier.deliver(message, signal, only);
  const last = delivery.tried.at(-1);
  const data = {
    purpose: 'test',
    ...courier.masked(message),
    gateway: last?.gateway ?? null,
    failure: last ? last.failure : 'no_gateway',
  };
  const event = `${courier.channel}.${delivery.accepted ? 'sent' : 'failed'}` as const;
  await deps.db.write((tx) => recordAudit(tx, deps, { event, actor, subjectId: only ?? null, data }));
  return delivery;
}
