// Builds what asks user sources: the connections to directories, the sources in order, and the syncs of this process.
import { connectDirectories } from '#connectors/directories/directories.ts';
import { tellDirectories } from '#connectors/directories/tell-directories.ts';
import type { Directory } from '#core/user-sources/directory.ts';
import { runDueSyncs } from '#core/user-sources/run-due-syncs.ts';
import type { SyncDeps } from '#core/user-sources/run-sync.ts';
import { createSyncRunner, type SyncRunner } from '#core/user-sources/start-sync.ts';
import type { UserSources } from '#core/user-sources/user-sources.ts';
import { createUserSources } from '#core/user-sources/verify-with-sources.ts';
import type { Lifecycle } from '#platform/lifecycle.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { repeat } from '#platform/repeat.ts';
import type { SampledLines } from '#platform/sampled-lines.ts';

export interface OpenedUserSources {
  readonly directory: Directory;
  readonly sources: UserSources;
  readonly syncs: SyncRunner;
}

type Needs = Omit<SyncDeps, 'directory'> & { readonly log: Log };

/** How often it is looked whether a sync is due, at first once this has passed. */
const lookEveryMs = 30_000;

export function startUserSources(
  app: Needs,
  lifecycle: Lifecycle,
  tell: { readonly metrics: Metrics; readonly lines: SampledLines },
): OpenedUserSources {
  const opened = openSources(app, connectDirectories({ ...app, ...tellDirectories(tell) }));
  const { directory, syncs } = opened;
  lifecycle.onStop('directories', () => directory.close());
  lifecycle.onStop('syncs of users', () => syncs.stop());
  const failed = (error: unknown) =>
    app.log.error({ err: error }, 'looking for syncs that are due failed; it is tried again');
  lifecycle.onStop(
    'scheduled syncs of users',
    repeat(lookEveryMs, () => runDueSyncs({ ...app, syncs }), failed),
  );
  return opened;
}

/** For one command, which tells by itself how it went. */
export function openUserSources(app: Needs): OpenedUserSources {
  const silent = { observe: () => undefined, breakerChanged: () => undefined, hostReleased: () => undefined };
  return openSources(app, connectDirectories({ ...app, ...silent }));
}

function openSources(app: Needs, directory: Directory): OpenedUserSources {
  const broke = (error: unknown) => app.log.error({ err: error }, 'a sync of users broke');
  const deps = { ...app, directory };
  return { directory, sources: createUserSources(deps), syncs: createSyncRunner(deps, broke) };
}
