// Sends a message without a code, by one gateway or as a code would be, and tells what each gateway said.
import type { MailTest } from '@countersign/contract/mail-models.ts';
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
import { mailCodes } from './mail-channel.ts';
import type { MailMessage } from './mail-sender.ts';
import { testMail as wordsOfTest } from './mail-text.ts';

export interface TestMailDeps extends AuditDeps {
  readonly db: Db;
  readonly mailCourier: Courier<MailMessage>;
  readonly publicUrl: string;
}

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found, mail_limit_reached.
 */
export async function testMail(
  deps: TestMailDeps,
  actor: Actor,
  visible: string | null,
  { to, gateway_id: only }: MailTest,
  signal: AbortSignal,
): Promise<Delivery> {
  requireInstallationWide(visible);
  if (only !== undefined) await requireGateway(deps.db.read, 'mail', only);
  const address = to.toLowerCase();
  const counted = await deps.db.write((tx) =>
    countMessage(tx, deps, mailCodes, { address, userId: null, real: true }),
  );
  if (counted.kind === 'limit') throw new Problem('mail_limit_reached', `the limit of the ${counted.limit}`);
  const words = wordsOfTest(new URL(deps.publicUrl).hostname);
  const message: MailMessage = { ...words, id: newId(deps, 'smc'), to, text: new Secret(words.text) };
  return testGateways(deps, deps.mailCourier, actor, { message, only }, signal);
}
