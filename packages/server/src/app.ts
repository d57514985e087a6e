// The composition root: the only file that builds and wires. `openApp` is what every command needs, `startServer` adds what listens.
import { join } from 'node:path';
import { createOpenidClient } from '#connectors/openid/openid.ts';
import { createScepClient } from '#connectors/scep/scep.ts';
import { tellPushes } from '#connectors/web-push/tell-pushes.ts';
import { createWebPush } from '#connectors/web-push/web-push.ts';
import { forgetSessions } from '#core/administrators/end-session.ts';
import { joinChains } from '#core/audit/join-chains.ts';
import { type Committed, createJournal, type Journal } from '#core/audit/journal.ts';
import { followFrom, wakeAboutChanges } from '#core/approvals/topics.ts';
import type { LoginDeps } from '#core/authentication/begin-login.ts';
import { createLoginThrottles } from '#core/authentication/login-throttles.ts';
import { closeExpired } from '#core/authentication/close-expired.ts';
import { forgetActivity } from '#core/authentication/forget-activity.ts';
import { watchOverload } from '#core/authentication/watch-overload.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { expireScepRequests } from '#core/scep/expire-requests.ts';
import { pruneProofs } from '#core/devices/used-proofs.ts';
import { expireProcesses, forgetProcesses } from '#core/onboarding/close-processes.ts';
import { startOverview } from '#core/overview/open-overview.ts';
import type { OwnServices } from '#core/overview/services.ts';
import { startNode } from '#core/overview/start-node.ts';
import {
  createInstallation,
  findInstallation,
  type Installation,
  installationDigest,
} from '#core/installation/installation.ts';
import { createDeviceWaker } from '#core/push-subscriptions/device-waker.ts';
import { ensureVapidKey } from '#core/push-subscriptions/vapid-key.ts';
import type { FixedSettings } from '#core/settings/setting.ts';
import { createSettings } from '#core/settings/settings-reader.ts';
import { forgetCodes } from '#core/messages/message-code.ts';
import type { PlayLogin } from '#core/radius-clients/test-login.ts';
import type { OpenidClient } from '#core/openid-providers/openid-client.ts';
import { forgetOpenidLogins } from '#core/openid-providers/openid-login.ts';
import { createUserImports, type UserImports } from '#core/user-files/user-imports.ts';
import { createPasswords, type Passwords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import { migrate, pendingMigrations } from '#db/migrate.ts';
import { openPostgres, patientLimits } from '#db/postgres.ts';
import { takeServerLock } from '#db/server-lock.ts';
import { openSqlite } from '#db/sqlite.ts';
import { watchWrites } from '#db/watch-writes.ts';
import { listenOnEach } from '#gateways/radius/listen-on-each.ts';
import type { ApiDeps, OutsideDeps } from '#http/api-deps.ts';
import { openHttpDoor } from '#http/open-http-door.ts';
import { type Bus, createBus } from '#platform/bus.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { type Config, publicUrlOf } from '#platform/config.ts';
import { type ListenAddress, writeAddress } from '#platform/environment.ts';
import {
  closeToOthers,
  createMasterKey,
  hasMasterKey,
  prepareDataDirectory,
  readMasterKey,
  StartError,
} from '#platform/data-directory.ts';
import { createLifecycle, type Lifecycle } from '#platform/lifecycle.ts';
import type { Log } from '#platform/log.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import { type Random, systemRandom } from '#platform/random.ts';
import { repeat } from '#platform/repeat.ts';
import { readTls } from '#platform/tls-files.ts';
import { createSampledLines, type SampledLines } from '#platform/sampled-lines.ts';
import { readSetting, type Settings } from '#platform/settings.ts';
import { createVault, type Vault } from '#platform/vault.ts';
import { readVersion } from '#platform/version.ts';
import { openRadiusDoor } from '#radius-door';
import { type OpenedMessages, startMessages } from '#messages';
import { type OpenedUserSources, startUserSources } from '#user-sources';

/** How long HTTP answers under way may take once everything else has ended. */
const httpGraceMs = 5000;

export interface App {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly db: Db;
  readonly vault: Vault;
  readonly bus: Bus;
  readonly auditChain: string;
  readonly journal: Journal;
  /** Tells of every commit of the journal. */
  readonly onCommit: (listener: (committed: Committed) => void) => void;
  readonly publicUrl: string;
  readonly passwords: Passwords;
  readonly settings: Settings;
  /** Those that the environment fixes. */
  readonly fixedSettings: FixedSettings;
  readonly installation: Installation;
  /** Token of the first setup link, when this call made the installation. */
  readonly setupToken: string | undefined;
  close(): Promise<void>;
}

/** Opens database and key, making them at first start. @throws StartError, NewerSchemaError, Unavailable */
export async function openApp(config: Config, log: Log): Promise<App> {
  prepareDataDirectory(config.dataDirectory);
  const db = watchWrites(openDatabase(config, log));
  try {
    return await openInstallation(config, log, db);
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function openInstallation(config: Config, log: Log, db: Db): Promise<App> {
  await bringUpToDate(config, log, db);
  const found = await findInstallation(db.read);
  const key =
    found || hasMasterKey(config.masterKeyFile)
      ? readMasterKey(config.masterKeyFile)
      : createMasterKey(config.masterKeyFile, systemRandom);
  const vault = createVault(key, systemRandom);
  const base = { config, log, db, vault, clock: systemClock, random: systemRandom, auditChain: config.node };
  const setupToken = found
    ? undefined
    : await createInstallation({ ...base, publicUrl: publicUrlOf(config) });
  const listeners: ((committed: Committed) => void)[] = [];
  const installation = found ?? (await findInstallation(db.read));
  if (installation?.key_id !== vault.keyId) {
    throw new StartError(
      `The master key ${config.masterKeyFile} is not the one this database was made with. Put the right one back from your backup.`,
    );
  }
  const fixedSettings = { activity_days: config.activityDays };
  return {
    ...base,
    bus: createBus(),
    journal: createJournal(base, {
      observe: (committed) => {
        for (const told of listeners) told(committed);
      },
    }),
    onCommit: (listener) => void listeners.push(listener),
    publicUrl: publicUrlOf(config),
    passwords: createPasswords({ maxParallel: config.passwordChecks }),
    settings: createSettings(base, fixedSettings),
    fixedSettings,
    installation,
    setupToken,
    close: () => db.close(),
  };
}

/** Where the embedded database is, when PostgreSQL is not used. */
export const databaseFile = (config: Config): string => join(config.dataDirectory, 'countersign.db');

/** The database as it is, whatever its schema. @param patient for changes that take as long as they take, while nobody is served by it */
export function openDatabase(config: Config, log: Log, { patient = false } = {}): Db {
  if (config.databaseUrl === undefined) {
    const file = databaseFile(config);
    const db = openSqlite(file);
    closeToOthers(file);
    return db;
  }
  const lost = (error: Error) => log.warn({ error: error.message }, 'a database connection was lost');
  return openPostgres(config.databaseUrl.reveal(), lost, ...(patient ? [patientLimits] : []));
}

/** Runs the migrations that are missing. @returns their names. @throws NewerSchemaError, Unavailable */
export async function bringUpToDate(config: Config, log: Log, db: Db): Promise<readonly string[]> {
  if ((await pendingMigrations(db)).length === 0) return [];
  const patient = openDatabase(config, log, { patient: true });
  try {
    return await migrate(patient);
  } finally {
    await patient.close();
  }
}

/** The key that an existing installation was made with. @throws StartError */
export const openVault = ({ masterKeyFile }: Config): Vault =>
  createVault(readMasterKey(masterKeyFile), systemRandom);

/**
 * Keeps a second server, or a restore, from working on the same embedded database; nodes on one PostgreSQL are meant to be several.
 * @returns lets go. @throws StartError
 */
export function lockDataDirectory({ dataDirectory, databaseUrl }: Config): () => void {
  prepareDataDirectory(dataDirectory);
  if (databaseUrl !== undefined) return () => undefined;
  const release = takeServerLock(dataDirectory);
  if (release) return release;
  throw new StartError(
    `Countersign is already running on the data directory ${dataDirectory}. Stop it first, or choose another with COUNTERSIGN_DATA_DIR.`,
  );
}

export interface RunningServer {
  /** Really bound, also where port 0 was asked for. */
  readonly addresses: { readonly http: readonly ListenAddress[]; readonly radius: readonly ListenAddress[] };
  /** Lets pending logins finish or expire, takes no new ones, then closes everything. */
  stop(): Promise<void>;
}

/** Starts everything that listens. Closes the app again when it cannot, and when it is stopped. @throws StartError */
export async function startServer(app: App): Promise<RunningServer> {
  const lifecycle = createLifecycle();
  const failed = (name: string, error: unknown) =>
    app.log.error({ part: name, err: error }, 'a part could not be stopped');
  lifecycle.onStop('database', app.close);
  try {
    const addresses = await startParts(app, lifecycle);
    return { addresses, stop: () => lifecycle.stop(failed) };
  } catch (error) {
    await lifecycle.stop(failed);
    throw error;
  }
}

async function startParts(app: App, lifecycle: Lifecycle): Promise<RunningServer['addresses']> {
  const metrics = createMetrics({ process: true });
  const lines = createSampledLines(app, (kind) => metrics.countersign_log_lines_left_out_total.inc({ kind }));
  lifecycle.onStop('the last summary of the log', async () => lines.stop());
  let draining = false;
  const push = await startPush(app, lifecycle, { metrics, lines });
  const messages = startMessages(app, lifecycle);
  const logins = {
    ...loginDeps(app, metrics, () => !draining),
    wakeDevices: push.waker.wake,
    tellDevices: push.waker.tell,
  };
  const overload = watchOverload({ ...app, metrics, lines });
  lifecycle.onStop('watching the load', async () => overload.stop());
  keepHouse(app, lifecycle);

  const doors = { metrics, lines, logins: { ...logins, mustDrop: overload.mustDrop } };
  const overview = startOverview(app, lifecycle);
  const userImports = await startUserImports(app, lifecycle);
  const testLogins = openTestLogins();
  const sources = startUserSources(app, lifecycle, doors);
  const http = await startHttp(app, lifecycle, {
    ...doors,
    ...sources,
    userImports,
    ...messages,
    openid: openidClientOf(app),
    scep: createScepClient(app),
    push,
    overview,
    playLogin: testLogins.play,
  });
  const { addresses: radius, homeServers } = await startRadius(
    app,
    lifecycle,
    { ...doors, ...sources },
    testLogins,
  );
  await startNode({ ...app, ...overview, version: readVersion() }, lifecycle, () => ({
    http: http.map(writeAddress),
    radius: radius.map(writeAddress),
    isOverloaded: overload.isOverloaded(),
    homeServers: homeServers(),
  }));
  lifecycle.onStop('draining', () => {
    draining = true;
  });
  return { http, radius };
}

interface Doors {
  readonly metrics: Metrics;
  readonly lines: SampledLines;
  readonly logins: LoginDeps;
}

/** What asks OpenID providers. */
export const openidClientOf = ({ clock, config }: Pick<App, 'clock' | 'config'>): OpenidClient =>
  createOpenidClient({ clock, httpOnLoopback: config.openidHttpOnLoopback === 'on' });

/** What wakes devices by push; started before the doors, so that it is stopped after them. */
async function startPush(app: App, lifecycle: Lifecycle, tell: Pick<Doors, 'metrics' | 'lines'>) {
  const { config, clock, random, log, publicUrl } = app;
  const key = await ensureVapidKey(app);
  const rules = { allowed: config.pushAllow, httpOnLoopback: config.pushHttpOnLoopback === 'on' };
  const ownPage = publicUrl.startsWith('https:') ? publicUrl : undefined;
  const contact = config.pushContact ?? ownPage;
  const { observe, dropped, waiting } = tellPushes(tell);
  const sender = createWebPush({ clock, random, key, contact, rules, observe, waiting });
  const failed = (error: unknown) => log.error({ err: error }, 'devices could not be woken by push');
  const waker = createDeviceWaker({ ...app, send: sender.send, failed, dropped });
  lifecycle.onStop('push', async () => {
    await sender.stop();
    await waker.settled();
  });
  return { publicKey: key.publicKey, rules, waker };
}

function loginDeps(app: App, metrics: Metrics, acceptsLogins: () => boolean): LoginDeps {
  return {
    ...app,
    acceptsLogins,
    refused: (reason) => metrics.countersign_logins_refused_total.inc({ reason }),
    throttled: (limit) => metrics.countersign_logins_throttled_total.inc({ limit }),
    throttles: createLoginThrottles(app),
  };
}

/** What must be done now and then, whoever is listening. */
function keepHouse(app: App, lifecycle: Lifecycle): void {
  const failed = (what: string) => (error: unknown) =>
    app.log.error({ err: error }, `${what} failed; it is tried again`);
  let followed = followFrom(app.clock.now());
  const follow = async () => {
    followed = await wakeAboutChanges(app, followed);
  };
  lifecycle.onStop('following changes', repeat(1000, follow, failed('following changes of other nodes')));
  let joinedAt = 0;
  const join = async () => {
    joinedAt = await joinChains(app, joinedAt);
  };
  lifecycle.onStop('joining audit chains', repeat(600_000, join, failed('joining audit chains')));
  lifecycle.onStop(
    'expiring requests',
    repeat(1000, () => closeExpired(app), failed('expiring requests')),
  );
  lifecycle.onStop(
    'expiring onboarding processes',
    repeat(5000, () => expireProcesses(app), failed('expiring onboarding processes')),
  );
  lifecycle.onStop(
    'expiring SCEP requests',
    repeat(60_000, () => expireScepRequests(app), failed('expiring SCEP requests')),
  );
  const forget = async () => {
    const days = await readSetting(app, 'activity_days');
    await forgetActivity(app, days);
    await forgetProcesses(app, days);
  };
  lifecycle.onStop('forgetting activity', repeat(600_000, forget, failed('forgetting old activity')));
  lifecycle.onStop(
    'forgetting proofs',
    repeat(30_000, () => pruneProofs(app), failed('forgetting used proofs')),
  );
  lifecycle.onStop(
    'forgetting one-time codes',
    repeat(600_000, () => forgetCodes(app), failed('forgetting one-time codes')),
  );
  lifecycle.onStop(
    'forgetting logins at OpenID providers',
    repeat(600_000, () => forgetOpenidLogins(app), failed('forgetting logins at OpenID providers')),
  );
  lifecycle.onStop(
    'forgetting sessions',
    repeat(60_000, () => forgetSessions(app), failed('forgetting sessions that ended')),
  );
}

/** Started before the doors, so that it is stopped after them; stopped, all or nothing is undone. */
async function startUserImports(app: App, lifecycle: Lifecycle): Promise<UserImports> {
  const failed = (error: unknown) => app.log.error({ err: error }, 'an import of users failed');
  const imports = createUserImports({ ...app, runner: app.config.node, failed });
  await imports.recover();
  const forgetFailed = (error: unknown) =>
    app.log.error({ err: error }, 'forgetting old imports of users failed; it is tried again');
  lifecycle.onStop('forgetting imports', repeat(60_000, imports.forget, forgetFailed));
  lifecycle.onStop('imports of users', imports.stop);
  return imports;
}

const answerRefused = {
  name: 'answer refused',
  level: 'warn',
  words: 'the answer of a device was not accepted',
} as const;

async function startHttp(
  app: App,
  lifecycle: Lifecycle,
  {
    metrics,
    lines,
    logins,
    ...more
  }: Doors & OutsideDeps & Pick<ApiDeps, keyof OpenedMessages | keyof OpenedUserSources>,
): Promise<readonly ListenAddress[]> {
  const { config, db } = app;
  const door = await openHttpDoor({
    ...logins,
    ...app,
    ...more,
    metrics,
    lines,
    version: readVersion(),
    authorities: openAuthorities(app),
    installationDigest: installationDigest(app.installation),
    answerRefused: (device, cause) => {
      metrics.countersign_answers_refused_total.inc();
      lines.write(answerRefused, device.id, () => ({ device_id: device.id, cause }));
    },
    trustedProxies: config.trustedProxies,
    tls: readTls(config),
    dependencies: [
      { name: 'database', needed: true, check: () => db.ping() },
      { name: 'accepts_logins', needed: true, check: () => mustAccept(logins) },
    ],
  });
  lifecycle.onStop('HTTP', () => door.stop(httpGraceMs));
  const addresses = await door.start(config.httpListen);
  await door.startMetrics(config.metricsListen);
  return addresses;
}

/** While the server drains, it must be taken out of the load balancer. */
async function mustAccept({ acceptsLogins }: LoginDeps): Promise<void> {
  if (!acceptsLogins()) throw new Error('the server is shutting down');
}

/** HTTP is open before RADIUS is, and RADIUS need not be at all. */
function openTestLogins(): { readonly play: PlayLogin; playBy(play: PlayLogin): void } {
  let current: PlayLogin = async () => ({ answer: 'unreachable', requestId: null, message: null });
  return {
    play: (login, signal) => current(login, signal),
    playBy: (play) => {
      current = play;
    },
  };
}

async function startRadius(
  app: App,
  lifecycle: Lifecycle,
  doors: Doors & Pick<OpenedUserSources, 'sources'>,
  testLogins: ReturnType<typeof openTestLogins>,
): Promise<{ addresses: readonly ListenAddress[]; homeServers: () => OwnServices['homeServers'] }> {
  const { config, log } = app;
  if (config.radiusListen.length === 0) return { addresses: [], homeServers: () => [] };
  const { gateway, homeServers } = await openRadiusDoor({ ...app, ...doors }, lifecycle);
  testLogins.playBy(gateway.play);
  const addresses = await listenOnEach(gateway, config.radiusListen, log);
  return { addresses, homeServers: homeServers.standing };
}
