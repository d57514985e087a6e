// Sends texts beside what asked for them: nobody waits for a gateway, and so nobody can tell by the time it takes whether there was one.
import { setTimeout as pause } from 'node:timers/promises';
import type { SmsFailure } from '@countersign/contract/sms-models.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { Secret } from '#platform/secret.ts';
import { type DeliveryDeps, type Delivery, deliverText } from './deliver-text.ts';
import { maskNumber } from './phone-number.ts';

export interface TextToSend {
  readonly id: string;
  readonly number: string;
  readonly text: string;
  /** Why it is sent, and for what: the audit names both. */
  readonly purpose: string;
  readonly ownerId: string;
  readonly applicationId: string;
  /** Told when it ended, with what an administrator should know; never throws. */
  readonly ended?: (delivery: SentText) => Promise<void>;
}

export interface SentText {
  readonly gateway: string | null;
  readonly failure: SmsFailure | null;
  readonly detail: string;
}

export interface TextSender {
  /** Returns at once; a text for which there is no room any more fails. */
  send(text: TextToSend): void;
  /** Those under way have a moment to end. */
  stop(): Promise<void>;
}

export interface TextSenderDeps extends DeliveryDeps, AuditDeps {
  readonly smsFailed: (error: unknown) => void;
}

const limits = { atOnce: 16, inAll: 500, graceMs: 3000 };

export function createTextSender(deps: TextSenderDeps): TextSender {
  const waiting: TextToSend[] = [];
  const underWay = new Set<Promise<void>>();
  const ending = new AbortController();
  let stopped = false;

  const next = (): void => {
    while (underWay.size < limits.atOnce) {
      const text = waiting.shift();
      if (!text) return;
      const running = sendOne(deps, text, ending.signal)
        .catch(deps.smsFailed)
        .finally(() => {
          underWay.delete(running);
          next();
        });
      underWay.add(running);
    }
  };
  return {
    send(text) {
      if (stopped || waiting.length >= limits.inAll)
        return void tell(deps, text, overloaded).catch(deps.smsFailed);
      waiting.push(text);
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

const overloaded: SentText = { gateway: null, failure: 'overloaded', detail: '' };

async function sendOne(deps: TextSenderDeps, text: TextToSend, signal: AbortSignal): Promise<void> {
  const message = { id: text.id, to: text.number, text: new Secret(text.text) };
  await tell(deps, text, summary(await deliverText(deps, message, signal)));
}

function summary({ tried }: Delivery): SentText {
  const last = tried.at(-1);
  if (!last) return { gateway: null, failure: 'no_gateway', detail: '' };
  return { gateway: last.gateway, failure: last.failure, detail: last.detail };
}

async function tell(deps: TextSenderDeps, text: TextToSend, sent: SentText): Promise<void> {
  const { purpose, ownerId, applicationId, number } = text;
  const event = sent.failure === null ? 'sms.sent' : 'sms.failed';
  const data = { purpose, number: maskNumber(number), ...sent };
  await deps.db.write((tx) =>
    recordAudit(tx, deps, { event, actor: { kind: 'system' }, applicationId, subjectId: ownerId, data }),
  );
  await text.ended?.(sent);
}
