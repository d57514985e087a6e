// Asks the user sources of an application for a person and a password, each in turn until one knows the person.
import type { Db } from '#db/db.ts';
import type { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import type { Directory, DirectoryAnswer } from './directory.ts';
import { directorySettings, originOf, type UserSourceRow } from './user-source.ts';
import { selectUserSources } from './user-source-store.ts';
import type { SourceFinding, UserSources } from './user-sources.ts';

export interface AskDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly directory: Directory;
}

export const createUserSources = (deps: AskDeps): UserSources => ({
  async verify(applicationId, username, password, signal) {
    const rows = await selectUserSources(deps.db.read, applicationId);
    const findings: SourceFinding[] = [];
    for (const row of rows) {
      if (row.enabled === 0) continue;
      const answer = await askOne(deps, row, username, password, signal);
      findings.push({ source: originOf(row), answer });
      if (answer.kind === 'found' || answer.kind === 'refused') break;
    }
    return findings;
  },
});

/** Whatever breaks, breaks for this source alone. */
async function askOne(
  { vault, directory }: AskDeps,
  row: UserSourceRow,
  username: string,
  password: Secret,
  signal: AbortSignal,
): Promise<DirectoryAnswer> {
  try {
    return await directory.verify(directorySettings(row, vault), username, password, signal);
  } catch (error) {
    return { kind: 'unavailable', detail: error instanceof Error ? error.message : 'it failed' };
  }
}
