// What is refused at administration because of what it brings is audited: a filter, an image or a certificate made to do harm looks like a
// mistake at first. One event for each caller, call and cause in a minute, with how many it stands for.
import { toDisplayable } from '@countersign/contract/text.ts';
import type { Db } from '#db/db.ts';
import type { Actor, AuditDeps } from './record-audit.ts';
import { createSummedAudit } from './summed-audit.ts';

export interface RefusedInput {
  readonly actor: Extract<Actor, { readonly id: string }>;
  /** The only application that the caller may see, whose trail tells of it too; null for all. */
  readonly applicationId: string | null;
  /** Name of the API's operation. */
  readonly operation: string;
  /** Code of the problem. */
  readonly reason: string;
  /** Names of the fields that were not accepted; the caller may have made them up. */
  readonly fields: readonly string[];
}

/** What is told of one event. */
const most = { fields: 10, characters: 80 } as const;

/** @param failed is told when the event could not be written: the refusal goes out all the same */
export function createRefusedInputAudit(
  deps: AuditDeps & { readonly db: Db },
  failed: (error: unknown) => void,
): (refused: RefusedInput) => Promise<void> {
  // As many as there are administrators and API clients, operations and causes.
  const audit = createSummedAudit(deps, failed);
  return ({ actor, applicationId, operation, reason, fields }) => {
    const shown = fields.slice(0, most.fields).map((field) => toDisplayable(field, most.characters));
    const data = { operation, reason, fields: shown };
    const entry = { event: 'administration.refused', actor, applicationId, data } as const;
    return audit(`${actor.id} ${operation} ${reason}`, entry);
  };
}
