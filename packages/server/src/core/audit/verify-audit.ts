// Walks every audit chain from its beginning and finds the first event that was changed, cut out, added or swapped.
// It may run beside servers that append: it walks to the end it read first, and no further.
import type { Read } from '#db/db.ts';
import type { AuditEventTable } from '#db/audit-tables.ts';
import type { Vault } from '#platform/vault.ts';
import { type ChainEnd, isWrittenByServer, type StoredEnd } from './audit-head.ts';
import { hashEvent } from './record-audit.ts';

export interface Break {
  readonly kind: 'broken';
  /** Null when a whole chain is missing and nothing tells which. */
  readonly chain: string | null;
  readonly sequence: number | null;
  readonly cause: string;
}
export type AuditVerdict =
  | {
      readonly kind: 'intact';
      readonly chains: number;
      readonly events: number;
      /** Where each chain ended: kept elsewhere, they find a database that was set back (see `expected`). */
      readonly ends: readonly ChainEnd[];
    }
  | Break;

export interface VerifyDeps {
  readonly db: { readonly read: Read };
  readonly vault: Vault;
  /** How many events are read at once. */
  readonly pageSize?: number;
}

const defaultPageSize = 1000;

/**
 * @param expected ends that an earlier run told. Only they find what the key holder did, and a chain or a whole database that was put
 *   back to an older copy of itself: both are in order within themselves.
 */
export async function verifyAudit(
  deps: VerifyDeps,
  expected: readonly ChainEnd[] = [],
): Promise<AuditVerdict> {
  const { read } = deps.db;
  const orphan = await findOrphan(read);
  if (orphan) return broken(orphan, 'its chain has no end; the end was removed');
  const ends = await read.selectFrom('audit_heads').selectAll().orderBy('chain').execute();
  const joined = new Map<string, ChainEnd>();
  for (const end of ends) {
    const found = await verifyChain(deps, end, joined);
    if (found) return found;
  }
  const missing =
    (await findLostBeginning(read)) ??
    (await findUnexpected(read, ends, [...joined.values()])) ??
    (await findUnexpected(read, ends, expected));
  if (missing) return missing;
  return {
    kind: 'intact',
    chains: ends.length,
    events: ends.reduce((sum, { sequence }) => sum + sequence, 0),
    ends: ends.map(({ chain, sequence, hash }) => ({ chain, sequence, hash })),
  };
}

const broken = (at: { chain: string; sequence: number }, cause: string): Break => ({
  kind: 'broken',
  chain: at.chain,
  sequence: at.sequence,
  cause,
});

/** @param joined is filled with the furthest ends that the chain names of others, by chain. */
async function verifyChain(
  deps: VerifyDeps,
  end: StoredEnd,
  joined: Map<string, ChainEnd>,
): Promise<Break | undefined> {
  const found = await walk(deps, end, (event) => {
    if (event.event === 'audit.joined') noteJoined(joined, event.data);
  });
  if (found) return found;
  if (!isWrittenByServer(deps.vault, end))
    return broken(end, 'the note that this event is the last was changed; events behind it may be missing');
  return findSurplus(deps, end);
}

function noteJoined(joined: Map<string, ChainEnd>, data: string): void {
  const { ends = [] } = JSON.parse(data) as { ends?: readonly string[] };
  for (const end of ends.map(readEnd)) {
    const further = end && end.sequence > (joined.get(end.chain)?.sequence ?? 0);
    if (further) joined.set(end.chain, end);
  }
}

/** Pages by position, so that each page begins behind the one before, whatever was added meanwhile. */
async function walk(
  { db, vault, pageSize = defaultPageSize }: VerifyDeps,
  end: StoredEnd,
  visit: (event: AuditEventTable) => void,
) {
  const { chain } = end;
  let [sequence, hash] = [0, ''];
  for (let first = true; first || sequence < end.sequence; first = false) {
    const page = await readPage(db.read, end, first ? undefined : sequence, pageSize);
    for (const event of page) {
      if (event.sequence <= sequence) return broken(event, 'this event was added');
      if (event.sequence !== sequence + 1) break;
      if (hashEvent(vault, hash, event) !== event.hash)
        return broken(event, 'this event was changed, or the one before it was');
      ({ sequence, hash } = event);
      visit(event);
    }
    if (sequence < end.sequence && sequence !== page.at(-1)?.sequence)
      return broken({ chain, sequence: sequence + 1 }, 'this event is missing');
  }
  return hash === end.hash ? undefined : broken(end, 'another event is noted as the last');
}

function readPage(read: Read, end: ChainEnd, after: number | undefined, limit: number) {
  const page = read
    .selectFrom('audit_events')
    .selectAll()
    .where('chain', '=', end.chain)
    .where('sequence', '<=', end.sequence)
    .orderBy('sequence')
    .limit(limit);
  // The first page has no lower bound: an event below 1 was added too.
  return (after === undefined ? page : page.where('sequence', '>', after)).execute();
}

/** Events behind the end. Read before the end is read again: a server at work moves both in one transaction, a forger only one. */
async function findSurplus({ db: { read }, vault }: VerifyDeps, end: ChainEnd): Promise<Break | undefined> {
  const last = await read
    .selectFrom('audit_events')
    .select(['chain', 'sequence'])
    .where('chain', '=', end.chain)
    .where('sequence', '>', end.sequence)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!last) return undefined;
  const now = await read
    .selectFrom('audit_heads')
    .selectAll()
    .where('chain', '=', end.chain)
    .executeTakeFirst();
  if (!now || !isWrittenByServer(vault, now))
    return broken(last, 'the note of the last event was changed or removed');
  return last.sequence <= now.sequence ? undefined : broken(last, 'this event was added behind the last one');
}

/** Events of a chain without an end, in one statement: a chain that begins just now has both or neither. */
function findOrphan(read: Read): Promise<{ chain: string; sequence: number } | undefined> {
  return read
    .selectFrom('audit_events as e')
    .select(['e.chain', 'e.sequence'])
    .where((w) =>
      w.not(w.exists(w.selectFrom('audit_heads as h').select('h.chain').whereRef('h.chain', '=', 'e.chain'))),
    )
    .limit(1)
    .executeTakeFirst();
}

/** An installation's own making is the first thing that its audit trail tells: without it, a whole chain was removed. */
async function findLostBeginning(read: Read): Promise<Break | undefined> {
  const lost = await read
    .selectFrom('installation as i')
    .select('i.id')
    .where((w) =>
      w.not(
        w.exists(
          w
            .selectFrom('audit_events as e')
            .select('e.id')
            .where('e.event', '=', 'installation.created')
            .whereRef('e.subject_id', '=', 'i.id'),
        ),
      ),
    )
    .executeTakeFirst();
  if (!lost) return undefined;
  const cause = 'the making of this installation is in no chain; a whole chain was removed';
  return { kind: 'broken', chain: null, sequence: null, cause };
}

async function findUnexpected(
  read: Read,
  ends: readonly ChainEnd[],
  expected: readonly ChainEnd[],
): Promise<Break | undefined> {
  for (const { chain, sequence, hash } of expected) {
    const end = ends.find((each) => each.chain === chain);
    if (!end || end.sequence < sequence)
      return broken({ chain, sequence }, 'this event was here before and is gone; the chain was set back');
    const event = await read
      .selectFrom('audit_events')
      .select('hash')
      .where('chain', '=', chain)
      .where('sequence', '=', sequence)
      .executeTakeFirst();
    if (event?.hash !== hash)
      return broken({ chain, sequence }, 'another event stood here before; the chain was written anew');
  }
  return undefined;
}

/** As an end is told to people and read back: `chain:sequence:hash`. */
export const writeEnd = ({ chain, sequence, hash }: ChainEnd): string => `${chain}:${sequence}:${hash}`;

/** @returns undefined for a text that `writeEnd` does not make. */
export function readEnd(text: string): ChainEnd | undefined {
  const [, chain, sequence, hash] = /^(.+):([1-9][0-9]{0,14}):([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  if (chain === undefined || sequence === undefined || hash === undefined) return undefined;
  return { chain, sequence: Number(sequence), hash };
}
