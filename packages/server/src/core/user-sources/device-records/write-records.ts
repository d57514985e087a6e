// Writes the records of devices and of last logins into directories. It compares what should stand there with what was last written, so one
// that was killed goes on where it was. Logins neither wait for it nor know of it.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Vault } from '#platform/vault.ts';
import type { AnyDirectory, RewriteAnswer } from '../directory.ts';
import { directorySettings, type UserSourceRow } from '../user-source.ts';
import { longestRecord } from './device-record.ts';
import { planValues } from './plan-values.ts';
import { digestsOf, ownerOf, type OwnTexts, readStates, textsOf, type UserState } from './record-state.ts';
import {
  claimUser,
  newestDeviceId,
  noteFailed,
  noteWritten,
  selectJustChanged,
  selectRecordingSources,
  selectRemoved,
  selectRetries,
  selectUsersOf,
  selectWritten,
  type UserOfSource,
} from './record-store.ts';

export interface RecordDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly directory: Pick<AnyDirectory, 'rewrite'>;
  readonly installation: { readonly id: string };
  /** Told how each try ended. @param source its name */
  recordsWritten(source: string, result: RewriteAnswer['kind'], detail?: string): void;
}

export interface RecordWriter {
  /** One round: looks at some users, and writes those whose records should say something else. @returns how many it tried */
  run(): Promise<number>;
  /** Ends a round under way. */
  stop(): void;
}

/** A user is written this often at most; for nothing but another last login, less. */
const [betweenMs, loginBetweenMs] = [60_000, 900_000];
/** Users looked at, and written, in a round. */
const [looked, written] = [100, 20];
/** After everybody was looked at. */
const restMs = 60_000;
/** Changes that nodes with other clocks made, and those that were not committed yet, are not passed over. */
const overlapMs = 60_000;
const pauses = { firstMs: 30_000, longestMs: 600_000 } as const;
const longestRetryMs = 6 * 3_600_000;
const longestFailure = 500;
const mostLater = 1000;

/** Where it is; a node that starts begins anew. */
interface Progress {
  /** Devices bound since are looked at first. */
  afterDevice: string | undefined;
  revokedFrom: number;
  /** Everybody is looked at in turn. */
  at: { readonly source: string; readonly user: string } | undefined;
  restUntil: number;
  /** Who had been written just before. */
  readonly later: Map<string, UserOfSource>;
  /** Sources that could not be asked. */
  readonly paused: Map<string, { readonly until: number; readonly ms: number }>;
}

export function createRecordWriter(deps: RecordDeps): RecordWriter {
  const progress: Progress = {
    afterDevice: undefined,
    revokedFrom: 0,
    at: undefined,
    restUntil: 0,
    later: new Map(),
    paused: new Map(),
  };
  const stopping = new AbortController();
  return {
    run: () => round(deps, progress, stopping.signal),
    stop: () => stopping.abort(),
  };
}

async function round(deps: RecordDeps, progress: Progress, signal: AbortSignal): Promise<number> {
  const now = deps.clock.now();
  const all = await selectRecordingSources(deps.db.read);
  const sources = new Map(all.map((source) => [source.id, source]));
  for (const [id, { until }] of progress.paused)
    if (until <= now && !sources.has(id)) progress.paused.delete(id);
  const askable = all.filter(({ id }) => (progress.paused.get(id)?.until ?? 0) <= now).map(({ id }) => id);
  if (askable.length === 0) return 0;
  const users = await whoToLookAt(deps, progress, askable);
  const due = await whoIsDue(deps, progress, users);
  let tried = 0;
  for (const user of due) {
    const source = sources.get(user.source_id);
    if (signal.aborted) break;
    if (!source || (progress.paused.get(source.id)?.until ?? 0) > now) continue;
    if (tried >= written) remember(progress, user);
    else if (await writeUser(deps, progress, { source, user, signal })) tried += 1;
  }
  return tried;
}

function remember({ later }: Progress, user: UserOfSource): void {
  if (later.size < mostLater) later.set(user.user_id, user);
}

/** Each once. */
async function whoToLookAt(
  { db, clock }: RecordDeps,
  progress: Progress,
  sourceIds: readonly string[],
): Promise<readonly UserOfSource[]> {
  const now = clock.now();
  const found = [...progress.later.values()]
    .filter(({ source_id: id }) => sourceIds.includes(id))
    .slice(0, looked);
  for (const { user_id: id } of found) progress.later.delete(id);
  const { afterDevice, revokedFrom } = progress;
  progress.afterDevice = await newestDeviceId(db.read);
  progress.revokedFrom = now - overlapMs;
  // At first everybody is looked at anyway.
  if (afterDevice !== undefined)
    found.push(...(await selectJustChanged(db.read, sourceIds, { afterDevice, revokedFrom }, looked)));
  found.push(...(await selectRetries(db.read, sourceIds, now, written)));
  found.push(...(await nextInTurn(db, progress, sourceIds, now)));
  return [...new Map(found.map((user) => [user.user_id, user])).values()];
}

async function nextInTurn(
  db: Db,
  progress: Progress,
  sourceIds: readonly string[],
  now: number,
): Promise<readonly UserOfSource[]> {
  if (progress.restUntil > now) return [];
  const found: UserOfSource[] = [];
  const from = progress.at ?? { source: '', user: '' };
  for (const source of sourceIds) {
    if (source < from.source) continue;
    const after = source === from.source ? from.user : '';
    const wanted = looked - found.length;
    const users = await selectUsersOf(db.read, source, after, wanted);
    found.push(...users);
    if (users.length < wanted) continue;
    progress.at = { source, user: users.at(-1)?.user_id ?? after };
    return found;
  }
  progress.at = undefined;
  progress.restUntil = now + restMs;
  return found;
}

async function whoIsDue(
  deps: RecordDeps,
  progress: Progress,
  users: readonly UserOfSource[],
): Promise<readonly UserOfSource[]> {
  const ids = users.map(({ user_id }) => user_id);
  const states = new Map((await readStates(deps.db.read, ids)).map((state) => [state.userId, state]));
  const rows = await selectWritten(deps.db.read, ids);
  const now = deps.clock.now();
  return users.filter((user) => {
    const state = states.get(user.user_id);
    if (!state || state.guid === '') return false;
    const own = textsOf(deps.vault, ownerOf(state, deps.installation.id, user.source_id), state);
    const row = rows.get(user.user_id);
    if (!row || row.source_id !== user.source_id) return own.devices.length > 0 || own.login !== null;
    const digests = digestsOf(own);
    const isOther = digests.devices_digest !== row.devices_digest;
    const isLoginDue = digests.login_digest !== row.login_digest && now - row.written_at >= loginBetweenMs;
    if (!isOther && !isLoginDue && row.failure === null) return false;
    if (row.next_try_at <= now) return true;
    if (row.failure === null) remember(progress, user);
    return false;
  });
}

interface Writing {
  readonly source: UserSourceRow;
  readonly user: UserOfSource;
  readonly signal: AbortSignal;
}

/** @returns false when another node does it. */
async function writeUser(
  deps: RecordDeps,
  progress: Progress,
  { source, user, signal }: Writing,
): Promise<boolean> {
  const { db, clock } = deps;
  const now = clock.now();
  if (!(await db.write((tx) => claimUser(tx, user, now, now + betweenMs)))) return false;
  const [state] = await readStates(db.read, [user.user_id]);
  if (!state) return false;
  const own = textsOf(deps.vault, ownerOf(state, deps.installation.id, source.id), state);
  const answer = await rewrite(deps, source, { state, own, signal });
  // Stopped under way it is as if killed: the next one finds out what is so.
  if (signal.aborted) return true;
  deps.recordsWritten(source.name, answer.kind, 'detail' in answer ? answer.detail : undefined);
  heed(progress, source, answer, now);
  if (!('detail' in answer)) {
    // Where everything stood as it should, the next change need not wait.
    const next = answer.kind === 'written' ? now + betweenMs : now;
    const told = { ...digestsOf(own), written_at: clock.now(), next_try_at: next };
    await db.write((tx) => noteWritten(tx, state.userId, told));
    return true;
  }
  const before = (await selectWritten(db.read, [state.userId])).get(state.userId)?.tries ?? 0;
  const nextTryAt = clock.now() + Math.min(betweenMs * 2 ** Math.min(before, 20), longestRetryMs);
  const failure = answer.detail.slice(0, longestFailure);
  await db.write((tx) => noteFailed(tx, state.userId, { failure, nextTryAt }));
  return true;
}

/** Whoever cannot be asked is left alone for a while, each time for longer. */
function heed({ paused }: Progress, { id }: UserSourceRow, { kind }: RewriteAnswer, now: number): void {
  if (kind !== 'unavailable') return void paused.delete(id);
  const ms = Math.min((paused.get(id)?.ms ?? pauses.firstMs / 2) * 2, pauses.longestMs);
  paused.set(id, { until: now + ms, ms });
}

interface Wanted {
  readonly state: UserState;
  readonly own: OwnTexts;
  readonly signal: AbortSignal;
}

async function rewrite(
  { db, vault, directory, installation }: RecordDeps,
  source: UserSourceRow,
  { state, own, signal }: Wanted,
): Promise<RewriteAnswer> {
  if (state.guid.startsWith('sha256:'))
    return { kind: 'failed', detail: 'the directory’s id of this person is too long to be asked for' };
  const tooLong = own.devices.find(({ text }) => text.length > longestRecord);
  if (tooLong)
    return {
      kind: 'failed',
      detail: `the record of the device ${tooLong.record.deviceId} is longer than ${longestRecord} bytes`,
    };
  const owner = ownerOf(state, installation.id, source.id);
  const removedHere = (ids: readonly string[]) => selectRemoved(db.read, ids);
  const planned = { vault, owner, own, deviceIds: state.deviceIds, removedHere };
  return directory.rewrite(
    directorySettings(source, vault),
    state.guid,
    (values) => planValues(planned, values),
    signal,
  );
}
