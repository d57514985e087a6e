// What happens once it is proved by both factors who is there: the full session begins, or the one there is counts as verified anew.
import type { Session } from '@countersign/contract/administrator-models.ts';
import { confirmMember } from '#core/administrator-directory/confirm-member.ts';
import { lockAdministrator, requireAdministrator } from '#core/administrators/administrator-store.ts';
import { readSessionTimes, type SessionRow, toSession, type Visitor } from '#core/administrators/session.ts';
import { updateSession } from '#core/administrators/session-store.ts';
import { startSession } from '#core/administrators/start-session.ts';
import { recordAudit } from '#core/audit/record-audit.ts';
import type { Tx } from '#db/db.ts';
import { refuseSignIn, type SignInDeps } from './sign-in-deps.ts';

export interface Proof {
  readonly administratorId: string;
  readonly method: 'passkey' | 'phone' | 'password';
  readonly visitor: Visitor;
  /** The session that the browser has, half or full; undefined when it has none. */
  readonly former: SessionRow | undefined;
  /** In the same transaction: uses the proof up. False refuses. */
  readonly use: (tx: Tx) => Promise<boolean>;
}

export interface Proved {
  readonly session: Session;
  /** For the cookie; null when the browser keeps the session it has. */
  readonly token: string | null;
}

/**
 * @returns undefined when the proof was used up, the session has ended or the administrator is disabled
 * @throws Problem sign_in_refused when the directory does not say that the administrator may come in, or cannot be asked
 */
export async function prove(deps: SignInDeps, proof: Proof): Promise<Proved | undefined> {
  await refuseNoMember(deps, proof);
  const times = await readSessionTimes(deps);
  return deps.db.write(async (tx) => {
    const now = deps.clock.now();
    const { administratorId } = proof;
    const facts = await lockAdministrator(tx, administratorId, now).catch(() => undefined);
    if (facts?.enabled !== 1 || !(await proof.use(tx))) return undefined;
    const done = goesOn(proof) ? await verifyAnew(tx, deps, proof) : await begin(tx, deps, proof, times);
    if (!done) return undefined;
    const shown = await requireAdministrator(tx, administratorId, now);
    return { session: toSession(done.row, shown, times), token: done.token };
  });
}

/**
 * A passkey and a phone say nothing of the directory, so it is asked. Nobody comes in on an old answer: a directory that cannot be asked
 * may have taken the person out. The password was just checked by it.
 */
async function refuseNoMember(deps: SignInDeps, { administratorId, method, visitor }: Proof): Promise<void> {
  if (method === 'password') return;
  const { read } = deps.db;
  const facts = await requireAdministrator(read, administratorId, deps.clock.now()).catch(() => undefined);
  if (facts?.kind !== 'directory') return;
  const no = await confirmMember(deps, facts);
  if (no) await refuseSignIn(deps, { ...no, visitor, administratorId, username: facts.username });
}

/** The browser has a full session of the same administrator. */
const goesOn = ({ former, administratorId }: Proof): boolean =>
  former !== undefined && former.strength !== 'half' && former.administrator_id === administratorId;

type Times = Awaited<ReturnType<typeof readSessionTimes>>;

/** A new token: what the browser had before it proved who is there must be worth nothing afterwards. */
function begin(tx: Tx, deps: SignInDeps, proof: Proof, times: Times) {
  const { administratorId, visitor, former, method } = proof;
  const both = former?.strength === 'half' ? `password, ${method}` : method;
  return startSession(tx, deps, times, {
    administratorId,
    strength: 'full',
    method: both,
    visitor,
    replaces: former?.id ?? null,
  });
}

async function verifyAnew(tx: Tx, deps: SignInDeps, { former, administratorId, method }: Proof) {
  if (!former) return undefined;
  const strength = method === 'password' ? former.strength : ('full' as const);
  const set = { verified_at: deps.clock.now(), strength };
  if (!(await updateSession(tx, former.id, set))) return undefined;
  await recordAudit(tx, deps, {
    event: 'session.verified',
    actor: { kind: 'administrator', id: administratorId },
    subjectId: former.id,
    data: { method },
  });
  return { row: { ...former, ...set }, token: null };
}
