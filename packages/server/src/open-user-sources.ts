// Builds what asks user sources: the connections to directories and RADIUS servers, the sources in order, their credential caches, and the
// syncs of this process.
import { connectDirectories, type DirectoriesDeps } from '#connectors/directories/directories.ts';
import { createFindAddresses } from '#connectors/directories/host-addresses.ts';
import { tellDirectories, tellRecords } from '#connectors/directories/tell-directories.ts';
import { connectRadiusSources, type RadiusSourcesDeps } from '#connectors/radius-sources/radius-sources.ts';
import { type CacheDeps, forgetExpiredCredentials } from '#core/user-sources/credential-cache.ts';
import { type AnyDirectory, directoryOfAllKinds } from '#core/user-sources/directory.ts';
import { createRecordWriter, type RecordDeps } from '#core/user-sources/device-records/write-records.ts';
import { runDueSyncs } from '#core/user-sources/run-due-syncs.ts';
import type { SyncDeps } from '#core/user-sources/run-sync.ts';
import { createSyncRunner, type SyncRunner } from '#core/user-sources/start-sync.ts';
import { createSilences, type Silences } from '#core/user-sources/silences.ts';
import type { UserSources } from '#core/user-sources/user-sources.ts';
import { createUserSources } from '#core/user-sources/verify-with-sources.ts';
import type { Lifecycle } from '#platform/lifecycle.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { repeat } from '#platform/repeat.ts';
import type { SampledLines } from '#platform/sampled-lines.ts';

export interface OpenedUserSources {
  readonly directory: AnyDirectory;
  readonly sources: UserSources;
  readonly syncs: SyncRunner;
  readonly silences: Silences;
}

type Needs = Omit<SyncDeps & CacheDeps & RecordDeps, 'directory' | 'cacheAsked' | 'recordsWritten'> & {
  readonly log: Log;
};
type Tell = Pick<DirectoriesDeps & RadiusSourcesDeps, 'observe' | 'breakerChanged' | 'hostReleased'> &
  Pick<CacheDeps, 'cacheAsked'>;

/** How often it is looked whether a sync is due or a password was kept for long enough, at first once this has passed. */
const lookEveryMs = 30_000;
/** How often somebody's records of devices are looked at. */
const recordsEveryMs = 2000;

export function startUserSources(
  app: Needs,
  lifecycle: Lifecycle,
  tell: { readonly metrics: Metrics; readonly lines: SampledLines },
): OpenedUserSources {
  const cacheAsked: CacheDeps['cacheAsked'] = (source, result) =>
    tell.metrics.countersign_credential_cache_total.inc({ source, result });
  const opened = openSources(app, { ...tellDirectories(tell), cacheAsked });
  const { directory, syncs } = opened;
  lifecycle.onStop('directories', () => directory.close());
  lifecycle.onStop('syncs of users', () => syncs.stop());
  const failed = (error: unknown) =>
    app.log.error({ err: error }, 'looking for syncs that are due failed; it is tried again');
  lifecycle.onStop(
    'scheduled syncs of users',
    repeat(lookEveryMs, () => runDueSyncs({ ...app, syncs }), failed),
  );
  const notForgotten = (error: unknown) =>
    app.log.error({ err: error }, 'what is kept for too long was not forgotten; it is tried again');
  lifecycle.onStop(
    'credential caches',
    repeat(lookEveryMs, () => forgetExpiredCredentials(app), notForgotten),
  );
  startRecords({ ...app, directory, ...tellRecords(tell) }, lifecycle, app.log);
  return opened;
}

/** Stopped before the directories are. */
function startRecords(deps: RecordDeps, lifecycle: Lifecycle, log: Log): void {
  const writer = createRecordWriter(deps);
  const failed = (error: unknown) =>
    log.error({ err: error }, 'writing records of devices into directories failed; it is tried again');
  const stop = repeat(recordsEveryMs, writer.run, failed);
  lifecycle.onStop('records of devices', () => {
    writer.stop();
    return stop();
  });
}

/** For one command, which tells by itself how it went. */
export function openUserSources(app: Needs): OpenedUserSources {
  const silent = () => undefined;
  return openSources(app, {
    observe: silent,
    breakerChanged: silent,
    hostReleased: silent,
    cacheAsked: silent,
  });
}

function openSources(app: Needs, tell: Tell): OpenedUserSources {
  // One for all: look-ups hold threads that password hashes need.
  const silences = createSilences(app.clock);
  const heard = silences.heard;
  const asking = { ...app, ...tell, heard, findAddresses: createFindAddresses(app.clock) };
  const directory = directoryOfAllKinds(connectDirectories(asking), connectRadiusSources(asking), silences);
  const broke = (error: unknown) => app.log.error({ err: error }, 'a sync of users broke');
  const deps = { ...app, directory, cacheAsked: tell.cacheAsked };
  return { directory, silences, sources: createUserSources(deps), syncs: createSyncRunner(deps, broke) };
}
