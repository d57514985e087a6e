// Sends messages beside what asked for them: nobody waits for a gateway, and so nobody can tell by the time it takes whether there was one.
import { setTimeout as pause } from 'node:timers/promises';
import type { MessageFailure } from '@countersign/contract/message-failures.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import type { Courier, Delivery } from './courier.ts';

export interface Outgoing<Message> {
  readonly message: Message;
  /** Why it is sent, and for what: the audit names both. */
  readonly purpose: string;
  readonly ownerId: string;
  readonly applicationId: string;
  /** Told when it ended, with what an administrator should know; never throws. */
  readonly ended?: (sent: SentMessage) => Promise<void>;
}

export interface SentMessage {
  readonly gateway: string | null;
  readonly failure: MessageFailure | null;
  readonly detail: string;
}

export interface MessageQueue<Message> {
  /** Returns at once; a message for which there is no room any more fails. */
  send(outgoing: Outgoing<Message>): void;
  /** Those under way have a moment to end. */
  stop(): Promise<void>;
}

export interface QueueDeps<Message> extends AuditDeps {
  readonly db: Db;
  readonly courier: Courier<Message>;
  readonly failed: (error: unknown) => void;
}

const limits = { atOnce: 16, inAll: 500, graceMs: 3000 };

export function createMessageQueue<Message>(deps: QueueDeps<Message>): MessageQueue<Message> {
  const waiting: Outgoing<Message>[] = [];
  const underWay = new Set<Promise<void>>();
  const ending = new AbortController();
  let stopped = false;

  const next = (): void => {
    while (underWay.size < limits.atOnce) {
      const outgoing = waiting.shift();
      if (!outgoing) return;
      const running = sendOne(deps, outgoing, ending.signal)
        .catch(deps.failed)
        .finally(() => {
          underWay.delete(running);
          next();
        });
      underWay.add(running);
    }
  };
  return {
    send(outgoing) {
      if (stopped || waiting.length >= limits.inAll)
        return void tell(deps, outgoing, overloaded).catch(deps.failed);
      waiting.push(outgoing);
      next();
    },
    async stop() {
      stopped = true;
      waiting.length = 0;
      const grace = new AbortController();
      const ended = Promise.allSettled(underWay);
      await Promise.race([
        ended,
        pause(limits.graceMs, undefined, { signal: grace.signal }).catch(() => undefined),
      ]);
      grace.abort();
      ending.abort();
      await ended;
    },
  };
}

const overloaded: SentMessage = { gateway: null, failure: 'overloaded', detail: '' };

async function sendOne<Message>(
  deps: QueueDeps<Message>,
  outgoing: Outgoing<Message>,
  signal: AbortSignal,
): Promise<void> {
  await tell(deps, outgoing, summary(await deps.courier.deliver(outgoing.message, signal)));
}

function summary({ tried }: Delivery): SentMessage {
  const last = tried.at(-1);
  if (!last) return { gateway: null, failure: 'no_gateway', detail: '' };
  return { gateway: last.gateway, failure: last.failure, detail: last.detail };
}

async function tell<Message>(
  deps: QueueDeps<Message>,
  { message, purpose, ownerId, applicationId, ended }: Outgoing<Message>,
  sent: SentMessage,
): Promise<void> {
  const { channel, masked } = deps.courier;
  const event = sent.failure === null ? (`${channel}.sent` as const) : (`${channel}.failed` as const);
  const data = { purpose, ...masked(message), ...sent };
  await deps.db.write((tx) =>
    recordAudit(tx, deps, { event, actor: { kind: 'system' }, applicationId, subjectId: ownerId, data }),
  );
  await ended?.(sent);
}
