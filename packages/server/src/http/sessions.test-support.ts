// The HTTP door over a database, and a browser that keeps its cookie: for tests of how administrators get in.
import { noScep } from '#core/certificate-sources/no-scep.test-support.ts';
import type { ScepClient } from '#core/certificate-sources/scep-client.ts';
import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createSetupLink } from '#core/administrators/setup-link.ts';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { createJournal } from '#core/audit/journal.ts';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { createSettings } from '#core/settings/settings-reader.ts';
import { createLoginFailures } from '#core/throttles/login-failures.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import { openOverview } from '#core/overview/open-overview.ts';
import { memoryDirectory } from '#core/user-sources/memory-directory.test-support.ts';
import { createSilences } from '#core/user-sources/silences.ts';
import { createSyncRunner } from '#core/user-sources/start-sync.ts';
import { memoryOpenidClient } from '#core/openid-providers/memory-openid-client.test-support.ts';
import { noUserSources } from '#core/user-sources/user-sources.ts';
import { createUserImports } from '#core/user-files/user-imports.ts';
import { createPasswords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import { createBus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { systemRandom } from '#platform/random.ts';
import { createSampledLines } from '#platform/sampled-lines.ts';
import { createVault } from '#platform/vault.ts';
import { openHttpDoor } from './open-http-door.ts';

export const goodPassword = 'lantern orchid violin';

const nowhere = <Channel extends 'sms' | 'mail'>(channel: Channel) => ({
  channel,
  masked: () => ({}),
  deliver: async () => ({ accepted: true, tried: [] }),
  close: async () => {},
});

export const openTestDoor = (db: Db, publicUrl = 'https://mfa.example.test') =>
  openDoorAt(db, publicUrl, createHandClock());

/** @param clock that of the system where real devices take part */
export async function openDoorAt<C extends Clock>(
  db: Db,
  publicUrl: string,
  clock: C,
  scep: ScepClient = noScep,
) {
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => lines.push(line) });
  const vault = createVault(new Uint8Array(32).fill(7), systemRandom);
  const base = { db, vault, clock, random: systemRandom, auditChain: `test ${randomUUID()}` };
  await plantInstallation(db, vault.keyId);
  if (!(await db.read.selectFrom('certificate_authorities').select('id').executeTakeFirst()))
    await db.write((tx) => createCertificateAuthority(tx, { ...base, publicUrl }, 'Test'));
  const wide = { burst: 1_000_000, perMinute: 1_000_000 };
  const generous = createThrottle(clock, wide);
  const directory = memoryDirectory();
  const door = await openHttpDoor({
    ...base,
    journal: createJournal(base),
    settings: createSettings(base, {}),
    fixedSettings: {},
    texts: { send: () => {}, stop: async () => {} },
    mails: { send: () => {}, stop: async () => {} },
    smsCourier: nowhere('sms'),
    mailCourier: nowhere('mail'),
    playLogin: async () => ({ answer: 'unreachable', requestId: null, message: null }),
    log,
    lines: createSampledLines({ log, clock }),
    bus: createBus(),
    overview: openOverview({ ...base, failed: () => {} }),
    userImports: createUserImports({
      ...base,
      passwords: createPasswords(),
      runner: 'test',
      failed: () => {},
    }),
    metrics: createMetrics(),
    sources: noUserSources,
    openid: memoryOpenidClient(),
    directory,
    silences: createSilences(clock),
    syncs: createSyncRunner({ ...base, directory, installation: { id: 'ins_test' } }, () => undefined),
    authorities: openAuthorities(base),
    scep,
    passwords: createPasswords({ maxParallel: 2 }),
    push: { publicKey: 'k', rules: { allowed: [], httpOnLoopback: false }, waker: { activate: () => {} } },
    publicUrl,
    installationDigest: 'test',
    trustedProxies: [],
    acceptsLogins: () => true,
    refused: () => {},
    answerRefused: () => {},
    throttles: {
      failures: createLoginFailures(clock, { source: wide, userAtSource: wide, user: wide }),
      source: generous,
      user: generous,
      client: generous,
      application: generous,
      requests: generous,
      recorded: generous,
    },
    dependencies: [],
    version: '0.1.0',
  });
  onTestFinished(() => door.stop(0));
  return { door, base, clock, lines, publicUrl };
}

export type TestDoor = Awaited<ReturnType<typeof openDoorAt>>;

/** Owners are counted under its lock. */
async function plantInstallation(db: Db, keyId: string): Promise<void> {
  const row = { singleton: 1, id: 'i', name: 'n', key_id: keyId, created_at: 1 } as const;
  await db.write((tx) =>
    tx
      .insertInto('installation')
      .values(row)
      .onConflict((c) => c.column('singleton').doNothing())
      .execute(),
  );
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly code?: string };
  readonly setCookie: string | undefined;
}

/** A browser on our own page: keeps the cookie, and says where it comes from. */
export function openBrowser(
  { door, publicUrl }: Pick<TestDoor, 'door' | 'publicUrl'>,
  address = '192.0.2.7',
) {
  let cookie: string | undefined;
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Answer> => {
    const all: Record<string, string | undefined> = {
      origin: method === 'GET' ? undefined : new URL(publicUrl).origin,
      'sec-fetch-site': 'same-origin',
      'user-agent': 'Test browser',
      cookie,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const answer = await door.app.inject({
      method,
      url,
      remoteAddress: address,
      headers: given as Record<string, string>,
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const [set] = [answer.headers['set-cookie']].flat();
    if (set !== undefined) cookie = /^[^=]+=;/.test(set) ? undefined : set.split(';', 1)[0];
    return {
      status: answer.statusCode,
      body: (answer.body === '' ? {} : JSON.parse(answer.body)) as Answer['body'],
      setCookie: set,
    };
  };
  return {
    call,
    cookie: () => cookie,
    take(other: string | undefined) {
      cookie = other;
    },
  };
}

export type TestBrowser = ReturnType<typeof openBrowser>;

/** Becomes an owner by a setup link. @returns the browser, signed in */
export async function becomeOwner(
  door: TestDoor,
  username = `owner ${randomUUID()}`,
): Promise<TestBrowser & { readonly username: string }> {
  const { token } = await createSetupLink(door.base, { kind: 'console' });
  const browser = openBrowser(door);
  const { status, body } = await browser.call('POST', '/v1/setup', {
    token,
    username,
    password: goodPassword,
  });
  if (status !== 201) throw new Error(`setup answered ${status}: ${JSON.stringify(body)}`);
  return { ...browser, username };
}
