// Asks the user sources of an application for a person and a password, each in turn until one knows the person.
import { commonTime } from '#db/database-time.ts';
import type { Db } from '#db/db.ts';
import type { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import { askCache, type CacheDeps, heedRefusal, prepareCredential } from './credential-cache.ts';
import type { AnyDirectory, DirectoryAnswer, IsMeant } from './directory.ts';
import { cachedFor, directorySettings, originOf, sourceSettings, type UserSourceRow } from './user-source.ts';
import { selectUserSources } from './user-source-store.ts';
import type { SourceFinding, UserSources } from './user-sources.ts';

export interface AskDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly directory: AnyDirectory;
}

/** What the person gave, and until when somebody waits. */
interface Asked {
  readonly username: string;
  readonly password: Secret;
  readonly signal: AbortSignal;
  readonly isMeant: IsMeant | undefined;
}

export const createUserSources = (deps: AskDeps & CacheDeps): UserSources => ({
  async verify(applicationId, username, password, signal, isMeant) {
    const rows = await selectUserSources(deps.db.read, applicationId);
    const asked = { username, password, signal, isMeant };
    const findings: SourceFinding[] = [];
    for (const row of rows) {
      if (row.enabled === 0) continue;
      const finding = await (cachedFor(row) === null
        ? askOnly(deps, row, asked)
        : askWithCache(deps, row, asked));
      findings.push(finding);
      const { kind } = finding.answer;
      if (kind === 'found' || kind === 'refused' || kind === 'cached') break;
    }
    return findings;
  },
});

async function askOnly(deps: AskDeps, row: UserSourceRow, asked: Asked): Promise<SourceFinding> {
  const answer = await askOne(deps, row, asked);
  return { source: originOf(row), answer, ...readingAnew(deps, row, asked, answer) };
}

/** How the person's groups are read anew, where they count. */
function readingAnew(
  { vault, directory }: AskDeps,
  row: UserSourceRow,
  { username, signal }: Asked,
  answer: DirectoryAnswer,
): Pick<SourceFinding, 'readAnew'> {
  if (answer.kind !== 'found' || (!answer.policies && originOf(row).teams.length === 0)) return {};
  const lookUp = (): Promise<DirectoryAnswer> =>
    directory.lookUp(directorySettings(row, vault), username, signal, { anew: true });
  return { readAnew: () => awayIfBroken(lookUp) };
}

async function askWithCache(
  deps: AskDeps & CacheDeps,
  row: UserSourceRow,
  asked: Asked,
): Promise<SourceFinding> {
  const begunAt = await commonTime(deps.db, deps.clock);
  const source = originOf(row);
  const answer = await askOne(deps, row, asked);
  switch (answer.kind) {
    case 'found': {
      const keep = await prepareCredential(deps, row, asked, begunAt);
      return { source, answer, ...readingAnew(deps, row, asked, answer), ...(keep && { keep }) };
    }
    case 'unavailable': {
      // Nobody waits any more: that is no outage.
      if (asked.signal.aborted) return { source, answer };
      if (answer.answered) return { source, answer, notCached: 'answered' };
      const cached = await askCache(deps, row, asked, answer.detail);
      if (cached.kind === 'accepted')
        return { source, answer: { ...cached, kind: 'cached', cause: answer.detail } };
      const tried = 'username' in cached && { triedAs: cached.username };
      return { source, answer, notCached: cached.kind, ...tried };
    }
    case 'refused':
    case 'not_found':
      await heedRefusal(deps, row, asked, answer);
      return { source, answer };
  }
}

const askOne = (
  { vault, directory }: AskDeps,
  row: UserSourceRow,
  { username, password, signal, isMeant }: Asked,
): Promise<DirectoryAnswer> =>
  awayIfBroken(() => directory.verify(sourceSettings(row, vault), username, password, signal, isMeant));

/** Whatever breaks, breaks for this source alone. */
async function awayIfBroken(ask: () => Promise<DirectoryAnswer>): Promise<DirectoryAnswer> {
  try {
    return await ask();
  } catch (error) {
    return { kind: 'unavailable', detail: error instanceof Error ? error.message : 'it failed' };
  }
}
