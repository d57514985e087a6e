// Gives an application a logo or a background, or takes it away. The application names it by its digest, the bytes stand beside.
import { hash } from 'node:crypto';
import type { ImageKind } from '@countersign/contract/images.ts';
import type { Application } from '@countersign/contract/models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { toApplication } from './application.ts';
import { keepImage, removeImage } from './application-image-store.ts';
import { updateApplication } from './application-store.ts';
import { requireApplication } from './get-application.ts';
import { lookAtImage } from './image.ts';

type Deps = AuditDeps & { readonly db: Db };

interface Which {
  readonly id: string;
  readonly kind: ImageKind;
}

/**
 * The image that is there already is not written again.
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, image_refused.
 */
export async function putApplicationImage(
  deps: Deps,
  actor: Actor,
  visible: string | null,
  { id, kind, bytes }: Which & { readonly bytes: Uint8Array },
): Promise<Application> {
  const seen = lookAtImage(bytes);
  if ('refusal' in seen) throw new Problem('image_refused', `the image is ${seen.refusal}`);
  const digest = hash('sha256', bytes, 'base64url');
  const content = Buffer.from(bytes).toString('base64');
  return changeImage(deps, { actor, visible, id, kind, digest }, (tx) =>
    keepImage(tx, {
      ...{ application_id: id, kind, digest, content },
      ...{ type: seen.type, created_at: deps.clock.now() },
    }),
  );
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export const deleteApplicationImage = (
  deps: Deps,
  actor: Actor,
  visible: string | null,
  { id, kind }: Which,
): Promise<Application> =>
  changeImage(deps, { actor, visible, id, kind, digest: null }, (tx) => removeImage(tx, id, kind));

interface Change extends Which {
  readonly actor: Actor;
  readonly visible: string | null;
  /** Null to have none. */
  readonly digest: string | null;
}

function changeImage(
  deps: Deps,
  { actor, visible, id, kind, digest }: Change,
  write: (tx: Tx) => Promise<void>,
): Promise<Application> {
  return deps.db.write(async (tx) => {
    const before = await requireApplication(tx, visible, id);
    if (before[kind] === digest) return toApplication(before);
    const row = await updateApplication(tx, id, { [kind]: digest, updated_at: deps.clock.now() });
    if (!row) throw new Problem('not_found');
    await write(tx);
    await recordAudit(tx, deps, {
      event: 'application.changed',
      actor,
      applicationId: id,
      subjectId: id,
      data: { changed: [kind] },
    });
    return toApplication(row);
  });
}
