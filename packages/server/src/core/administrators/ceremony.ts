// What a browser is asked to sign with a passkey: random, good once and for five minutes, kept in the database so that any node knows it.
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import type { CeremonyTable } from '#db/administration-tables.ts';
import { newId } from '#platform/id.ts';

export type CeremonyRow = CeremonyTable;
const validMilliseconds = 300_000;
const challengeBytes = 32;

/** Whose passkey it is about, and what it belongs to. */
export interface CeremonySubject {
  readonly kind: CeremonyTable['kind'];
  readonly administratorId: string | null;
  readonly sessionId: string | null;
  readonly setupLinkId: string | null;
}

type CeremonyDeps = Pick<AuditDeps, 'clock' | 'random'> & { readonly db: Db };

export async function beginCeremony(deps: CeremonyDeps, subject: CeremonySubject): Promise<CeremonyRow> {
  const row: CeremonyRow = {
    id: newId(deps, 'cer'),
    kind: subject.kind,
    challenge: Buffer.from(deps.random.bytes(challengeBytes)).toString('base64url'),
    administrator_id: subject.administratorId,
    session_id: subject.sessionId,
    setup_link_id: subject.setupLinkId,
    expires_at: deps.clock.now() + validMilliseconds,
  };
  await deps.db.write((tx) => tx.insertInto('ceremonies').values(row).execute());
  return row;
}

/** Uses a ceremony up, whatever comes of it. @returns undefined when it was used, is too old or never existed. */
export function takeCeremony(
  { db, clock }: CeremonyDeps,
  kind: CeremonyTable['kind'],
  id: string,
): Promise<CeremonyRow | undefined> {
  return db.write((tx) =>
    tx
      .deleteFrom('ceremonies')
      .where('id', '=', id)
      .where('kind', '=', kind)
      .where('expires_at', '>', clock.now())
      .returningAll()
      .executeTakeFirst(),
  );
}
