// SCEP as administrators see it: profiles, challenge passwords, and requests that wait. All of the installation's, of no application's.
import type {
  CreatedScepChallenge,
  CreatedScepProfile,
  NewScepChallenge,
  NewScepProfile,
  ScepProfile,
  ScepRequest,
} from '@countersign/contract/scep-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, toPage } from '#db/page.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { newToken } from '#platform/random.ts';
import { hashToken } from '#platform/secret.ts';
import type { ScepDeps } from './answer-request.ts';
import { issueCertificate } from './issue-certificate.ts';
import {
  challengePrefix,
  pendingMs,
  type ScepProfileRow,
  type ScepRequestRow,
  toScepProfile,
  toScepRequest,
} from './scep.ts';
import {
  decidePending,
  findProfile,
  findRequest,
  insertChallenge,
  insertProfile,
  removeProfile,
  selectProfiles,
  selectRequests,
} from './scep-store.ts';

const hourMs = 3_600_000;
type Deps = AuditDeps & { readonly db: Db; readonly publicUrl: string };

/** @param visible null; a caller who is limited to one application sees nothing here. @throws Problem not_found, name_taken */
export async function createScepProfile(
  deps: Deps,
  actor: Actor,
  visible: string | null,
  input: NewScepProfile,
): Promise<CreatedScepProfile> {
  if (visible !== null) throw new Problem('not_found');
  const password = input.challenge === 'static' ? newToken(deps.random, challengePrefix) : null;
  const row: ScepProfileRow = {
    ...input,
    id: newId(deps, 'scp'),
    name_key: nameKey(input.name),
    challenge_hash: password === null ? null : hashToken(password),
    accept_legacy: input.accept_legacy ? 1 : 0,
    enabled: 1,
    created_at: deps.clock.now(),
  };
  await deps.db
    .write(async (tx) => {
      await insertProfile(tx, row);
      const about = { actor, applicationId: null, subjectId: row.id };
      await recordAudit(tx, deps, { event: 'scep_profile.created', ...about, data: { ...input } });
    })
    .catch(asNameTaken('name'));
  return { ...toScepProfile(row, deps.publicUrl), challenge_password: password };
}

/** Newest first. */
export async function listScepProfiles(
  deps: Pick<Deps, 'db' | 'publicUrl'>,
  visible: string | null,
  query: PageRequest,
): Promise<Page<ScepProfile>> {
  const rows = visible === null ? await selectProfiles(deps.db.read, query) : [];
  const page = toPage(rows, query, ({ id }) => [id]);
  return { ...page, items: page.items.map((row) => toScepProfile(row, deps.publicUrl)) };
}

/** @throws Problem not_found */
export async function deleteScepProfile(
  deps: Deps,
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const row = visible === null ? await removeProfile(tx, id) : undefined;
    if (!row) throw new Problem('not_found');
    const about = { actor, applicationId: null, subjectId: id };
    await recordAudit(tx, deps, { event: 'scep_profile.deleted', ...about, data: { name: row.name } });
  });
}

/** @throws Problem not_found (the profile) */
export async function createScepChallenge(
  deps: Deps,
  actor: Actor,
  visible: string | null,
  input: NewScepChallenge,
): Promise<CreatedScepChallenge> {
  const password = newToken(deps.random, challengePrefix);
  const now = deps.clock.now();
  const shown = {
    id: newId(deps, 'sch'),
    profile_id: input.profile_id,
    common_name: input.common_name?.toLowerCase() ?? null,
    expires_at: now + input.valid_hours * hourMs,
  };
  await deps.db.write(async (tx) => {
    const profile = visible === null ? await findProfile(tx, input.profile_id) : undefined;
    if (profile?.challenge !== 'one_time') throw new Problem('not_found');
    await insertChallenge(tx, {
      ...shown,
      challenge_hash: hashToken(password),
      used_at: null,
      created_at: now,
    });
    const about = { actor, applicationId: null, subjectId: shown.id };
    await recordAudit(tx, deps, { event: 'scep_challenge.created', ...about, data: { ...input } });
  });
  return { ...shown, challenge_password: password };
}

/** Newest first. */
export async function listScepRequests(
  deps: Pick<Deps, 'db'>,
  visible: string | null,
  query: PageRequest & { readonly state?: ScepRequestRow['state'] | undefined },
): Promise<Page<ScepRequest>> {
  const rows = visible === null ? await selectRequests(deps.db.read, query) : [];
  const page = toPage(rows, query, ({ id }) => [id]);
  return { ...page, items: page.items.map(toScepRequest) };
}

/** Decided once. @throws Problem not_found, in_use (decided already) */
export async function decideScepRequest(
  deps: ScepDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  { decision }: { readonly decision: 'approve' | 'refuse' },
): Promise<ScepRequest> {
  const authority = await deps.authorities.current();
  return deps.db.write(async (tx) => {
    const asked = visible === null ? await findRequest(tx, id) : undefined;
    const profile = asked && (await findProfile(tx, asked.profile_id));
    if (!asked || !profile) throw new Problem('not_found');
    const state = decision === 'approve' ? ('issued' as const) : ('refused' as const);
    // First taken, then signed: two administrators make one certificate.
    const now = deps.clock.now();
    const taken = await decidePending(tx, id, now - pendingMs, { state, decided_at: now });
    if (!taken) throw new Problem('in_use', 'it was decided already, or has expired');
    const about = { actor, applicationId: null, subjectId: id };
    const data = { subject: asked.subject, renewal: false };
    if (decision === 'refuse') {
      await recordAudit(tx, deps, { event: 'scep_request.refused', ...about, data });
      return toScepRequest(taken);
    }
    const issued = await issueCertificate(tx, { ...deps, authority }, profile, asked);
    const { serial } = issued;
    await tx.updateTable('scep_requests').set(issued).where('id', '=', id).execute();
    await recordAudit(tx, deps, { event: 'certificate.issued', ...about, data: { ...data, serial } });
    return toScepRequest({ ...taken, serial });
  });
}
