// The password of somebody who logs in: the application's own users first; who has none there is looked for in its user sources, in order.
// Nobody comes in as somebody else: whom a source knows must be the very user whom it brought here.
import { directoryRefusals, type DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import { findUserOf } from '#core/user-sources/source-users-store.ts';
import type { SourceFinding, UserSources } from '#core/user-sources/user-sources.ts';
import type { Passwords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import { Secret } from '#platform/secret.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { checkOwnPassword, type FirstFactorCheck, type FirstFactorResult } from './first-factor.ts';
import type { Login } from './login.ts';

export interface CheckPasswordDeps {
  readonly db: Db;
  readonly passwords: Passwords;
  readonly sources: UserSources;
}

type Named = Pick<Login, 'applicationId' | 'username'>;

/** @param asker through whom it came, who waits in turn with the others */
export function checkPassword(
  deps: CheckPasswordDeps,
  login: Named,
  password: string,
  asker: string,
): FirstFactorCheck {
  const checkOwn = checkOwnPassword(deps.passwords, password, asker);
  return async (user, signal) => {
    const own = await checkOwn(user, signal);
    const isKnownHere = own.kind !== 'refused' || !elsewhere.has(own.reason);
    if (isKnownHere) return own;
    // Asked for nobody, too: else who comes from a source would be told by the time it takes.
    const { applicationId, username } = login;
    const findings = await untilStopped(signal, (stopped) =>
      deps.sources.verify(applicationId, username, new Secret(password), stopped),
    );
    const finding = findings.find(isDecisive) ?? findings.find(isAway) ?? findings.at(-1);
    if (!finding || !user) return own;
    return judge(
      finding,
      async (person) => (await findUserOf(deps.db.read, finding.source, person))?.id === user.id,
    );
  };
}

/** What the application's own users say of somebody whose password may be kept elsewhere. */
const elsewhere: ReadonlySet<string> = new Set(['unknown_user', 'no_password']);

const isDecisive = ({ answer }: SourceFinding): boolean =>
  answer.kind === 'found' || answer.kind === 'refused';
const isAway = ({ answer }: SourceFinding): boolean => answer.kind === 'unavailable';

type Found = Extract<SourceFinding['answer'], { kind: 'found' }>['user'];

async function judge(
  { source: { name: source }, answer }: SourceFinding,
  isTheUser: (person: Found) => Promise<boolean>,
): Promise<FirstFactorResult> {
  switch (answer.kind) {
    case 'found':
      if (await isTheUser(answer.user))
        return { kind: 'verified', step: { code: 'source_accepted', details: { source } }, doorData: null };
      return refused(
        'source_refused',
        source,
        'it knows somebody of this name who is not the user here; a sync of the source says why',
      );
    case 'refused': {
      const cause = directoryRefusals[answer.reason].sentence.replace(/\.$/, '');
      return refused(wrong.has(answer.reason) ? 'wrong_password' : 'source_refused', source, cause);
    }
    case 'not_found':
      return {
        kind: 'refused',
        reason: 'no_password',
        step: { code: 'source_not_found', details: { source } },
      };
    case 'unavailable':
      return {
        kind: 'refused',
        reason: 'source_unavailable',
        step: { code: 'source_unavailable', details: { source, cause: answer.detail } },
      };
  }
}

const wrong: ReadonlySet<DirectoryRefusal> = new Set(['wrong_password', 'empty_password']);

const refused = (
  reason: 'source_refused' | 'wrong_password',
  source: string,
  cause: string,
): FirstFactorResult => ({
  kind: 'refused',
  reason,
  step: { code: 'source_refused', details: { source, cause } },
});

/** Sources want a whole AbortSignal; doors have a lighter one. */
async function untilStopped<T>(signal: StopSignal, work: (stopped: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await work(controller.signal);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
