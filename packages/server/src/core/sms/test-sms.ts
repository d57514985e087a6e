// Sends a text without a code, by one gateway or as a code would be, and tells what each gateway said.
import type { SmsTest } from '@countersign/contract/sms-models.ts';
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import { countMessage } from '#core/messages/count-message.ts';
import type { Courier, Delivery } from '#core/messages/courier.ts';
import { requireGateway } from '#core/messages/message-gateway-store.ts';
import { testGateways } from '#core/messages/test-gateways.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import { smsCodes } from './sms-channel.ts';
import type { SmsMessage } from './sms-sender.ts';
import { testText } from './sms-text.ts';

export interface TestSmsDeps extends AuditDeps {
  readonly db: Db;
  readonly smsCourier: Courier<SmsMessage>;
  readonly publicUrl: string;
}

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found, sms_not_allowed, sms_limit_reached.
 */
export async function testSms(
  deps: TestSmsDeps,
  actor: Actor,
  visible: string | null,
  { to, gateway_id: only }: SmsTest,
  signal: AbortSignal,
): Promise<Delivery> {
  requireInstallationWide(visible);
  if (only !== undefined) await requireGateway(deps.db.read, 'sms', only);
  const counted = await deps.db.write((tx) =>
    countMessage(tx, deps, smsCodes, { address: to, userId: null, real: true }),
  );
  if (counted.kind === 'not_allowed')
    throw new Problem(
      'sms_not_allowed',
      'add the dialling prefix to allowed_prefixes of the SMS rules, or take it from blocked_prefixes',
    );
  if (counted.kind === 'limit') throw new Problem('sms_limit_reached', `the limit of the ${counted.limit}`);
  const text = new Secret(testText(new URL(deps.publicUrl).hostname));
  const message: SmsMessage = { id: newId(deps, 'smc'), to, text };
  return testGateways(deps, deps.smsCourier, actor, { message, only }, signal);
}
