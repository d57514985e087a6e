// A remote proxy tells afterwards whom it let in while this server could not be reached, so that the audit trail has it.
// What is reported opens nothing here: it is a record of what happened elsewhere.
import type { UnreachableLogin, UnreachableLoginReport } from '@countersign/contract/remote-proxy-models.ts';
import { findApplicationByAccessId } from '#core/applications/find-application.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import type { CallingApiClient } from './create-auth-request.ts';

/** A login is recorded once, however often it is reported. @throws Problem not_found (no such application), Unavailable */
export async function reportUnreachableLogins(
  deps: AuditDeps & { readonly db: Db },
  caller: CallingApiClient,
  { application: accessId, logins }: UnreachableLoginReport,
): Promise<{ recorded: number }> {
  const application = await findApplicationByAccessId(deps.db.read, accessId);
  const visible = application && (caller.applicationId === null || caller.applicationId === application.id);
  if (!visible) throw new Problem('not_found', 'there is no such application');
  return deps.db.write(async (tx) => {
    let recorded = 0;
    for (const login of logins) {
      if (!(await noteOnce(tx, { login, caller, applicationId: application.id, now: deps.clock.now() })))
        continue;
      recorded += 1;
      const { id, ...data } = login;
      await recordAudit(tx, deps, {
        event: 'auth_request.unreachable',
        actor: { kind: 'api_client', id: caller.id },
        applicationId: application.id,
        subjectId: id,
        data: { ...data, unreachable_grace_seconds: application.unreachable_grace_seconds },
      });
    }
    return { recorded };
  });
}

interface Noted {
  readonly login: UnreachableLogin;
  readonly caller: CallingApiClient;
  readonly applicationId: string;
  readonly now: number;
}

/** @returns false when this proxy's login is known already */
async function noteOnce(tx: Tx, { login, caller, applicationId, now }: Noted): Promise<boolean> {
  const noted = await tx
    .insertInto('unreachable_logins')
    .values({ api_client_id: caller.id, id: login.id, application_id: applicationId, reported_at: now })
    .onConflict((c) => c.columns(['api_client_id', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return noted !== undefined;
}
