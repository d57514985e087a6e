// Records of devices in an OpenLDAP, behind the real server: written by the bind account, which may write nothing else; read back after a
// restore; refused when somebody has changed them. C-60, C-61, C-65.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { User } from '@countersign/contract/models.ts';
import type { UserSource, UserSourceSyncWithChanges } from '@countersign/contract/user-source-models.ts';
import { Code } from '@countersign/radius';
import { hasSlapd, type SlapdPeer, slapdBase, slapdPassword } from '@countersign/testkit/peers/slapd.ts';
import type { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiCaller } from '../api-caller.ts';
import { radiusLogin } from '../radius-login.ts';
import { giveOnce, type SourceApplication } from '../source-onboarding.ts';
import { type Gateway, requestOn, type Vpn } from '../vpn.ts';
import { deployLdapStaff, type LdapStaff } from './ldap-staff.ts';

const dn = `uid=alice,ou=people,${slapdBase}`;

describe.skipIf(!hasSlapd())('records of devices in OpenLDAP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-records-'));
  let deployed: LdapStaff | undefined;
  let slapd: SlapdPeer;
  let vpn: Vpn;
  let caller: ApiCaller;
  let staff: SourceApplication;
  let gateway: Gateway;
  let phone: SoftAuthenticator;
  let env: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    deployed = await deployLdapStaff({ source: { device_attribute: 'description' } });
    ({ slapd, vpn, caller, staff } = deployed);
    gateway = await vpn.addGateway({ application: staff.id });
    await slapd.change(`dn: ${dn}\nchangetype: modify\nadd: description\ndescription: A note of its own\n\n`);
  });
  afterAll(async () => {
    await deployed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[]) => vpn.installation.countersign(args, { env });
  const described = async () => (await slapd.read(dn, 'description')).toSorted((a, b) => (a < b ? -1 : 1));
  const ours = async (what: string) =>
    (await described()).filter((value) => value.startsWith('countersign:1 ') && value.includes(what));
  const written = (what: string) =>
    expect.poll(() => ours(what), { timeout: 15_000, interval: 250 }).toHaveLength(1);
  const login = async (): Promise<number | undefined> => {
    const answer = radiusLogin(gateway, 'alice', slapdPassword);
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    return (await answer).code;
  };
  const sync = async (): Promise<UserSourceSyncWithChanges> => {
    const { code, stdout, stderr } = await run([
      ...['user-sources', 'sync', staff.source.id, '--username', 'alice', '--json'],
    ]);
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as UserSourceSyncWithChanges;
  };
  const recorded = async (): Promise<unknown> => {
    const { stdout } = await run(['user-sources', 'show', staff.source.id, '--json']);
    return (JSON.parse(stdout) as UserSource).device_records;
  };
  const alice = async (): Promise<User | undefined> => {
    const path = `/v1/users?application_id=${staff.id}&limit=10`;
    const { items } = await caller.call<{ items: User[] }>('GET', path);
    return items.find(({ username }) => username === 'alice');
  };

  test('“Test connection” says that the attribute can be written, and why another cannot', async () => {
    const before = await described();
    const tested = async (attribute: string) => {
      await caller.call('PATCH', `/v1/user-sources/${staff.source.id}`, { device_attribute: attribute });
      const answer = await fetch(`${vpn.installation.url}/v1/user-sources/${staff.source.id}/test`, {
        method: 'POST',
        headers: { authorization: `Bearer ${caller.token}` },
      });
      return answer.text();
    };
    expect(await tested('nosuch')).toContain('The schema has no attribute nosuch.');
    expect(await tested('preferredLanguage')).toContain('takes one value only');
    expect(await tested('carLicense')).toContain('the account may not do that (insufficientAccessRights)');
    expect(await tested('description')).toContain('description can be written; nothing was changed.');
    expect(await described()).toEqual(before);
  });

  test('a phone that is bound stands in the directory, and the API tells of it and of the last login', async () => {
    await run(['backup', join(folder, 'last-night.csb')]);
    const given = await giveOnce(staff.link, 'alice', slapdPassword);
    await given.enrolment.complete();
    phone = given.phone;
    await written(' state=active ');
    const [record = ''] = await ours(' state=active ');
    console.log(`  ${record.length} bytes: ${record.slice(0, 160)}…`);
    expect(await described()).toContain('A note of its own');
    expect(await login()).toBe(Code.AccessAccept);
    expect(await alice()).toMatchObject({ device_count: 1, last_authenticated_at: expect.any(Number) });
    const source = await caller.call<UserSource>('GET', `/v1/user-sources/${staff.source.id}`);
    expect(source.device_records).toEqual({ written: 1, failed: 0, failure: null });
  });

  test('the database is restored as it was before: a changed record is refused, the genuine one brings the phone back', async () => {
    const [record = ''] = await ours(' state=active ');
    await vpn.server().terminate();
    env = {
      COUNTERSIGN_DATA_DIR: join(folder, 'restored'),
      COUNTERSIGN_MASTER_KEY_FILE: join(vpn.installation.dataDirectory, 'master.key'),
    };
    expect(await run(['restore', join(folder, 'last-night.csb')])).toMatchObject({ code: 0, stderr: '' });
    const replace = (before: string, after: string) =>
      slapd.change(
        `dn: ${dn}\nchangetype: modify\ndelete: description\ndescription: ${before}\n-\nadd: description\ndescription: ${after}\n\n`,
      );
    const changed = record.replace(/ name=\S+/, ' name=Mallory');
    await replace(record, changed);
    expect((await sync()).changes).toMatchObject([
      { kind: 'created', fields: [] },
      { kind: 'skipped', skip: 'record_not_genuine' },
    ]);
    await replace(changed, record);
    expect((await sync()).changes).toMatchObject([{ kind: 'changed', fields: ['device_restored'] }]);
    vpn.restarted(await vpn.installation.start(env));
    // What stands there is found good before the login changes it: else the next change waits a minute.
    await expect.poll(recorded, { timeout: 30_000, interval: 250 }).toMatchObject({ written: 1 });
    expect(await login()).toBe(Code.AccessAccept);
    expect((await run(['audit', 'verify'])).code).toBe(0);
  });

  test('a phone that is removed becomes a tombstone, whoever fills the attribute; an old value does not bring it back', async () => {
    const [record = ''] = await ours(' state=active ');
    const [prefix = ''] = /^countersign:1 application=\S+ /.exec(record) ?? [];
    const forged = [
      ...Array.from({ length: 300 }, (_, n) => `${prefix}state=login forged=${n}`),
      `${prefix}forged=${'x'.repeat(5000)}`,
    ];
    // Before the genuine ones, and one of these in letters that the directory takes for the same.
    const genuine = (await described()).map((value) =>
      value.includes(' state=login ') ? value.toUpperCase() : value,
    );
    const values = [...forged, ...genuine].map((value) => `description: ${value}\n`).join('');
    await slapd.change(`dn: ${dn}\nchangetype: modify\nreplace: description\n${values}\n`);
    const id = / device=(\S+) /.exec(record)?.[1] ?? '';
    expect((await run(['devices', 'delete', id, '--yes'])).code).toBe(0);
    await written(` device=${id} state=revoked `);
    expect(await ours(' state=active ')).toEqual([]);
    expect(await ours(' forged=')).toEqual([]);
    expect(await ours(' state=login ')).toHaveLength(1);
    expect(await described()).toContain('A note of its own');
    await slapd.change(`dn: ${dn}\nchangetype: modify\nadd: description\ndescription: ${record}\n\n`);
    expect((await sync()).changes).toEqual([]);
    expect(await phone.pending().catch((error: unknown) => String(error))).toMatch(/proof_invalid/);
  });
});
