// A backup from either database into either: the same rows, what was open has ended, and whatever is wrong with a file is refused
// with one sentence before anything is written.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  plantApplications,
  plantDevice,
  plantPendingRequest,
} from '#core/audit/administration.test-support.ts';
import { recordAudit } from '#core/audit/record-audit.ts';
import { readEnd, verifyAudit } from '#core/audit/verify-audit.ts';
import type { Db } from '#db/db.ts';
import { newestSchema } from '#db/migrate.ts';
import {
  createPostgresDatabase,
  onBothDatabases,
  openFreshSqlite,
} from '#db/on-both-databases.test-support.ts';
import { openPostgres } from '#db/postgres.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { BackupError } from './backup-format.ts';
import { macOf, readBackup } from './read-backup.ts';
import { checkBackup, restoreBackup } from './restore-backup.ts';
import { writeBackup } from './write-backup.ts';

const directory = mkdtempSync(join(tmpdir(), 'countersign-backups-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let made = 0;
const newFile = (): string => join(directory, `${(made += 1)}.csb`);

const depsOf = (db: Db) => ({ ...administrationDeps(db), version: '0.1.0', progress: () => undefined });
type Deps = ReturnType<typeof depsOf>;

/** An installation with a bit of everything that a restore ends. */
async function furnish(deps: Deps): Promise<void> {
  const { db, vault } = deps;
  const at = { created_at: 1, updated_at: 1 };
  await plantApplications(db, 'app');
  await db.write(async (tx) => {
    await tx
      .insertInto('installation')
      .values({ singleton: 1, id: 'inst', name: 'Räksmörgås', key_id: vault.keyId, created_at: 1 })
      .execute();
    await recordAudit(tx, deps, { event: 'installation.created', actor, subjectId: 'inst' });
    await tx
      .insertInto('certificate_authorities')
      .values({
        ...{ id: 'ca', certificate: 'pem', private_key: 'sealed', crl_number: 7, crl: 'AA==', created_at: 1 },
        ...{ kind: 'single', issuers: '[]' },
        ...{ crl_revoked_count: 0, crl_this_update: 1, crl_next_update: 4_000_000_000_000 },
      })
      .execute();
    await tx
      .insertInto('certificate_authorities')
      .values({
        ...{ id: 'root', certificate: 'pem', private_key: '', crl_number: 3, crl: 'AA==', created_at: 1 },
        ...{ kind: 'root', issuers: '[]', crl_revoked_count: 0, crl_this_update: 1, crl_next_update: 2 },
      })
      .execute();
    await sql`insert into users (id, application_id, username, username_key, full_name, email, phone, external_guid, enabled,
      unanswered_streak, created_at, updated_at) values ('usr', 'app', 'ålice', 'ålice', '', 'a@b', ${'quote " \\ \n\u2028'}, '', 1, 0, 1, 1)`.execute(
      tx,
    );
    const link = { user_id: 'usr', created_at: 1, expires_at: 4_000_000_000_000, device_id: null };
    await tx
      .insertInto('onboarding_links')
      .values([
        { ...link, id: 'used', ticket_hash: 'h1', used_at: 5 },
        { ...link, id: 'open', ticket_hash: 'h2', used_at: null },
      ])
      .execute();
    await sql`insert into scep_profiles (id, name, name_key, challenge, approval, valid_days, accept_legacy, created_at)
      values ('scp', 'Routers', 'routers', 'one_time', 'automatic', 30, 0, 1)`.execute(tx);
    for (const [id, used] of [
      ['spent', 5],
      ['fresh', null],
    ] as const)
      await sql`insert into scep_challenges (id, profile_id, challenge_hash, expires_at, used_at, created_at)
        values (${id}, 'scp', ${id}, 4000000000000, ${used}, 1)`.execute(tx);
    await sql`insert into openid_providers (id, application_id, name, enabled, settings, revision, created_at, updated_at)
      values ('oip', 'app', 'Staff', 1, '{}', 1, 1, 1)`.execute(tx);
    await sql`insert into openid_logins (id, provider_id, provider_revision, purpose, owner_id, state_hash, secrets, expires_at, created_at)
      values ('oil', 'oip', 1, 'onboarding', 'onp', 'h', 'sealed', 4000000000000, 1)`.execute(tx);
    const client = {
      id: 'acl',
      name: 'c',
      name_key: 'c',
      secret_hash: 's',
      scopes: 'users',
      enabled: 1,
      ...at,
    };
    await tx
      .insertInto('api_clients')
      .values({ ...client, enabled: 1, application_id: null, last_used_at: null })
      .execute();
    await tx
      .insertInto('access_tokens')
      .values({ token_hash: 't', api_client_id: 'acl', scopes: 'users', expires_at: 4_000_000_000_000 })
      .execute();
    const person = { id: 'adm', username: 'ann', username_key: 'ann', password_hash: null };
    await tx
      .insertInto('administrators')
      .values({
        ...person,
        role: 'owner',
        enabled: 1,
        phone_user_id: 'usr',
        last_signed_in_at: null,
        ...at,
      })
      .execute();
    const session = { id: 'ses', administrator_id: 'adm', token_hash: 's', strength: 'full' } as const;
    const asked = { phone_request_id: null, phone_until: null, address: '', user_agent: '' };
    const times = { verified_at: 1, created_at: 1, last_used_at: 1, expires_at: 4_000_000_000_000 };
    await tx
      .insertInto('sessions')
      .values({ ...session, ...asked, ...times })
      .execute();
    const ceremony = { id: 'cer', kind: 'get', challenge: 'c', administrator_id: 'adm' } as const;
    await tx
      .insertInto('ceremonies')
      .values({ ...ceremony, session_id: 'ses', setup_link_id: null, expires_at: 4_000_000_000_000 })
      .execute();
  });
  await plantDevice(db, 'usr', 'dev');
  await db.write(async (tx) => {
    const node = {
      instance_id: 'gone',
      name: 'old',
      version: '0',
      certificate_ends_at: null,
      services: '[]',
    };
    await tx
      .insertInto('nodes')
      .values({ ...node, started_at: 1, seen_at: 4_000_000_000_000 })
      .execute();
    const ceremony = { device_id: 'dev', challenge: 'c', expires_at: 4_000_000_000_000 };
    await tx.insertInto('verification_ceremonies').values(ceremony).execute();
  });
  await plantPendingRequest(db, { id: 'req', applicationId: 'app', userId: 'usr' });
  // More than one batch of reading and of writing.
  await db.write(async (tx) => {
    for (let i = 0; i < 1203; i += 1)
      await tx
        .insertInto('proofs')
        .values({ key_thumbprint: 'k', jti: `${i}`, expires_at: 1_790_000_000_000 + i })
        .execute();
  });
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(BackupError);
  const { message } = error as BackupError;
  expect(message).toMatch(/^[A-Z].*[.]$/);
  return message;
}

onBothDatabases('backups', (db) => {
  let deps: Deps;
  let file: string;
  beforeAll(async () => {
    deps = depsOf(db());
    await furnish(deps);
    file = newFile();
    await writeBackup(deps, file);
  });

  test('are for the owner of the file alone, leave nothing else behind, and never take a file’s place', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).filter((name) => name.includes('unfinished'))).toEqual([]);
    expect(await refusal(writeBackup(deps, file))).toContain('exists already');
    expect(await refusal(writeBackup(deps, join(directory, 'nowhere', 'x')))).toContain('cannot be written');
  });

  test('hold no key, name it, and name the ends of the audit chains', async () => {
    const { header, rows } = await readBackup(deps, file);
    expect(header).toMatchObject({ schema: newestSchema, key_id: deps.vault.keyId });
    expect(rows).toBeGreaterThan(1203);
    const expected = header.ends.flatMap((end) => readEnd(end) ?? []);
    expect(expected).toHaveLength(1);
    expect(await verifyAudit(deps, expected)).toMatchObject({ kind: 'intact' });
  });

  test('are of one moment: what is written meanwhile is not in them', async () => {
    const during = newFile();
    let told = 0;
    const progress = () => {
      told += 1;
      if (told > 1) return;
      // Beside the snapshot; what it reads later must not show it.
      void db().write((tx) => tx.updateTable('users').set({ email: 'later' }).execute());
    };
    await writeBackup({ ...deps, progress }, during);
    const text = gunzipSync(readFileSync(during)).toString();
    expect(text).not.toContain('"later"');
    await db().write((tx) => tx.updateTable('users').set({ email: 'a@b' }).execute());
  });

  describe.each(['SQLite', 'PostgreSQL'])('restored into %s', (kind) => {
    const serverUrl = process.env.TEST_POSTGRES_URL;
    const here = kind === 'SQLite' || serverUrl !== undefined;
    const openTarget = async (): Promise<{ db: Db; remove(): Promise<void> }> => {
      if (kind === 'SQLite' || serverUrl === undefined) return openFreshSqlite();
      const { url, drop } = await createPostgresDatabase(serverUrl);
      return { db: openPostgres(url, () => {}), remove: drop };
    };

    test.skipIf(!here)('are the same rows; what was open has ended, and the trail goes on', async () => {
      const target = await openTarget();
      const into = depsOf(target.db);
      const { ended, header } = await restoreBackup(into, actor, file);
      expect(ended).toEqual({
        cancelled_requests: 1,
        withdrawn_links: 1,
        dropped_tokens: 1,
        ended_sessions: 1,
      });
      const expected = header.ends.flatMap((end) => readEnd(end) ?? []);
      expect(await verifyAudit(into, expected)).toMatchObject({ kind: 'intact', events: 3 });
      const read = target.db.read;
      for (const past of [
        'sessions',
        'ceremonies',
        'verification_ceremonies',
        'nodes',
        'access_tokens',
        'openid_logins',
      ] as const)
        expect(await read.selectFrom(past).selectAll().execute(), past).toEqual([]);
      for (const table of ['users', 'applications', 'devices', 'proofs', 'certificates'] as const) {
        const order = table === 'proofs' ? 'expires_at' : 'created_at';
        const from = (source: Db) =>
          source.read
            .selectFrom(table)
            .selectAll()
            .$if(table !== 'certificates', (query) => query.orderBy(order as never))
            .execute();
        expect(await from(target.db)).toEqual(await from(db()));
      }
      expect(await read.selectFrom('auth_requests').select(['status', 'state_hash']).execute()).toEqual([
        { status: 'cancelled', state_hash: null },
      ]);
      expect(await read.selectFrom('onboarding_links').select('id').execute()).toEqual([{ id: 'used' }]);
      expect(await read.selectFrom('scep_challenges').select('id').execute()).toEqual([{ id: 'spent' }]);
      expect(
        await read.selectFrom('certificate_authorities').select(['crl_number', 'crl']).execute(),
      ).toEqual(
        expect.arrayContaining([
          { crl_number: 1007, crl: null },
          // Nobody here could sign another one.
          { crl_number: 3, crl: 'AA==' },
        ]),
      );
      // A second time it is no longer empty.
      expect(await refusal(restoreBackup(into, actor, file))).toContain('not empty');
      await target.db.close();
      await target.remove();
    });

    test.skipIf(!here)('not at all when something is wrong half-way: the database stays empty', async () => {
      const target = await openTarget();
      const into = depsOf(target.db);
      let told = 0;
      const progress = () => {
        told += 1;
        if (told === 5) throw new Error('power cut');
      };
      await expect(restoreBackup({ ...into, progress }, actor, file)).rejects.toThrow('power cut');
      expect((await restoreBackup(into, actor, file)).rows).toBeGreaterThan(1203);
      await target.db.close();
      await target.remove();
    });
  });

  test('that are cut short, changed, or something else are refused', async () => {
    const bytes = readFileSync(file);
    const text = gunzipSync(bytes).toString();
    const lines = text.split('\n');
    const wrong = async (content: Buffer | string) => {
      const other = newFile();
      writeFileSync(other, content);
      return refusal(checkBackup(deps, other));
    };
    for (let length = 0; length < bytes.length; length += 997) await wrong(bytes.subarray(0, length));
    for (let at = 20; at < bytes.length; at += 1009) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      await wrong(flipped);
    }
    expect(await wrong('hello')).toContain('no backup');
    expect(await wrong(gzipSync('hello\n'))).toContain('no backup');
    expect(await wrong(gzipSync(text.replace('a@b', 'm@b')))).toContain('checksum');
    expect(await wrong(gzipSync(lines.slice(0, -2).join('\n') + '\n'))).toContain('its end is missing');
    expect(await wrong(gzipSync(`${text}["more"]\n`))).toContain('damaged');
    expect(await wrong(gzipSync(text.replace('"schema":', '"schema":9')))).toContain('newer version');
    expect(await wrong(gzipSync(text.replace('"countersign_backup":1', '"countersign_backup":2')))).toContain(
      'newer version',
    );
    expect(await refusal(checkBackup(deps, join(directory, 'missing')))).toContain('cannot be read');
  });

  test('changed by somebody who can count are refused all the same: the checksum is under the key', async () => {
    const lines = gunzipSync(readFileSync(file)).toString().replace('a@b', 'm@b').split('\n').slice(0, -2);
    const body = `${lines.join('\n')}\n`;
    const sha256 = createHash('sha256').update(body).digest('hex');
    const rows = lines.filter((line) => line.startsWith('[')).length;
    const other = createVault(new Uint8Array(32).fill(9), systemRandom);
    const forged = newFile();
    writeFileSync(
      forged,
      gzipSync(`${body}${JSON.stringify({ end: true, rows, sha256, mac: macOf(other, sha256) })}\n`),
    );
    expect(await refusal(checkBackup(deps, forged))).toContain('without the master key');
    expect(await refusal(checkBackup({ vault: other }, file))).toContain('belongs to the master key');
    expect(await refusal(writeBackup({ ...deps, vault: other }, newFile()))).toContain(
      'Put the right one back',
    );
  });
});

test('a database without an installation has nothing to back up, and no file is left', async () => {
  const { db, remove } = await openFreshSqlite();
  const file = newFile();
  expect(await refusal(writeBackup(depsOf(db), file))).toContain('nothing to back up');
  expect(existsSync(file)).toBe(false);
  await db.close();
  await remove();
});
