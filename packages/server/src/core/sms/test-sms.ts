// Sends a text without a code, by one gateway or as a code would be, and tells what each gateway said.
import type { SmsTest, SmsTestResult } from '@countersign/contract/sms-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import { countText } from './count-text.ts';
import { type DeliveryDeps, deliverText } from './deliver-text.ts';
import { maskNumber } from './phone-number.ts';
import { requireGateway } from './sms-gateway-store.ts';
import { testText } from './sms-text.ts';

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found, sms_not_allowed, sms_limit_reached.
 */
export async function testSms(
  deps: DeliveryDeps & AuditDeps & { readonly publicUrl: string },
  actor: Actor,
  visible: string | null,
  { to, gateway_id }: SmsTest,
  signal: AbortSignal,
): Promise<SmsTestResult> {
  requireInstallationWide(visible);
  const only = gateway_id === undefined ? undefined : await requireGateway(deps.db.read, gateway_id);
  const counted = await deps.db.write((tx) => countText(tx, deps, { number: to, userId: null, real: true }));
  if (counted.kind === 'not_allowed')
    throw new Problem(
      'sms_not_allowed',
      'add the dialling prefix to allowed_prefixes of the SMS rules, or take it from blocked_prefixes',
    );
  if (counted.kind === 'limit') throw new Problem('sms_limit_reached', `the limit of the ${counted.limit}`);
  const text = new Secret(testText(new URL(deps.publicUrl).hostname));
  const delivery = await deliverText(deps, { id: newId(deps, 'smc'), to, text }, signal, only);
  const last = delivery.tried.at(-1);
  const data = {
    purpose: 'test',
    number: maskNumber(to),
    gateway: last?.gateway ?? null,
    failure: last ? last.failure : 'no_gateway',
  };
  const event = delivery.accepted ? 'sms.sent' : 'sms.failed';
  await deps.db.write((tx) => recordAudit(tx, deps, { event, actor, subjectId: gateway_id ?? null, data }));
  return { accepted: delivery.accepted, tried: [...delivery.tried] };
}
