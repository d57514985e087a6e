// Creates an SMS gateway, the last in order; its password is sealed at once and never shown.
import { NewSmsGateway, type SmsGateway, type SmsGatewayFields } from '@countersign/contract/sms-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { sealPassword, type SmsGatewayRow, toSmsGateway } from './sms-gateway.ts';
import { insertGateway, selectGateways } from './sms-gateway-store.ts';

const most = 20;

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, invalid_request (more than 20), name_taken.
 */
export async function createSmsGateway(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  { name, kind, enabled, password, ...settings }: NewSmsGateway,
): Promise<SmsGateway> {
  requireInstallationWide(visible);
  const now = deps.clock.now();
  const id = newId(deps, 'sms');
  return deps.db
    .write(async (tx) => {
      const others = await selectGateways(tx);
      if (others.length >= most) throw new Problem('invalid_request', `there are ${most} gateways already`);
      const row: SmsGatewayRow = {
        id,
        name,
        name_key: nameKey(name),
        kind,
        position: (others.at(-1)?.position ?? 0) + 1,
        enabled: enabled ? 1 : 0,
        settings: JSON.stringify(settings),
        password: password === undefined ? null : sealPassword(deps.vault, id, password),
        last_accepted_at: null,
        last_failed_at: null,
        last_failure: null,
        created_at: now,
        updated_at: now,
      };
      await insertGateway(tx, row);
      const data = { name, kind };
      await recordAudit(tx, deps, { event: 'sms_gateway.created', actor, subjectId: id, data });
      return toSmsGateway(row);
    })
    .catch(asNameTaken('name'));
}

/** From fields of which only some belong to the kind. @throws Problem invalid_request */
export function readNewGateway(fields: SmsGatewayFields): NewSmsGateway {
  const parsed = NewSmsGateway.safeParse(fields);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, message: `is not for gateways of kind ${fields.kind}` }))
      : [
          {
            field: String(issue.path[0] ?? ''),
            message: issue.code === 'invalid_type' ? 'is missing' : issue.message,
          },
        ],
  );
  throw new Problem('invalid_request', undefined, errors);
}
