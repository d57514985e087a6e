// What tests of signing in by a directory begin with: its members, and an installation with a local owner.
import { NewUserSource } from '@countersign/contract/user-source-models.ts';
import { beforeAll } from 'vitest';
import { changeAdministratorDirectory } from '#core/administrator-directory/change-administrator-directory.ts';
import {
  administratorDeps,
  makeAdministrator,
  plantInstallation,
} from '#core/administrators/administrators.test-support.ts';
import { findSignedIn } from '#core/administrators/find-session.ts';
import { listAdministrators } from '#core/administrators/get-administrator.ts';
import { beginOwnPasskey } from '#core/administrators/new-passkey.ts';
import { addOwnPasskey } from '#core/administrators/own-factors.ts';
import { SoftPasskey } from '#core/administrators/soft-passkey.test-support.ts';
import {
  actor,
  auditTrail,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import type { DirectoryUser } from '#core/user-sources/directory.ts';
import { memoryDirectory, person } from '#core/user-sources/memory-directory.test-support.ts';
import { createRefusalTimes } from '#core/throttles/refusal-times.ts';
import { createFindAdmitted } from './find-admitted.ts';
import { createSignInThrottles } from './sign-in-deps.ts';
import { signInByPassword } from './sign-in-by-password.ts';
import { beginPasskeySignIn, signInByPasskey } from './sign-in-by-passkey.ts';
import type { Db } from '#db/db.ts';

const address = '192.0.2.7';
export const visit = (from = address) => ({ address: from, userAgent: 'Test' });

export const member = (name: string, role = 'helpdesk', more: Partial<DirectoryUser> = {}) =>
  person(name, { teams: [role], ...more });

/** A directory whose administrators may sign in, and one local owner. To be called where tests are told. */
export function directorySignIn(db: () => Db) {
  const clock = createHandClock();
  let sourceId = '';
  let ownerId = '';
  const refusalTimes = createRefusalTimes(clock, { leastMs: 0, mostMs: 0 });
  const base = () => ({ ...administratorDeps(db(), clock), refusalTimes });
  beforeAll(async () => {
    await plantInstallation(db());
    await plantApplications(db(), 'app_vpn');
    ownerId = (await makeAdministrator(base(), 'olga', 'owner')).id;
    const source = NewUserSource.parse({
      kind: 'ldap',
      name: 'Planet',
      hosts: ['ldap.example.com'],
      bind_name: 'cn=reader',
      bind_password: 'secret',
      base_dn: 'dc=example',
    });
    sourceId = (await createUserSource(base(), actor, null, 'app_vpn', source)).id;
    await configure({ source_id: sourceId, administrator_groups: ['admins'], enabled: true });
  });
  const configure = (changes: Parameters<typeof changeAdministratorDirectory>[3]) =>
    changeAdministratorDirectory(base(), actor, 'everything', changes);

  /** Fresh throttles and a directory with these people. */
  function begin(...people: DirectoryUser[]) {
    const directory = memoryDirectory();
    const key = `${sourceId} administrators`;
    const passwords: string[] = [];
    const verify = directory.verify.bind(directory);
    directory.verify = (settings, name, password, signal) => {
      passwords.push(name);
      return verify(settings, name, password, signal);
    };
    directory.people.set(key, people);
    const deps = { ...base(), directory, signInThrottles: createSignInThrottles(clock) };
    const signIn = (username: string, password = `password of ${username}`, from = address) =>
      signInByPassword(deps, visit(from), undefined, { username, password });
    return {
      deps,
      directory,
      passwords,
      signIn,
      people: (...now: DirectoryUser[]) => directory.people.set(key, now),
      isDown: (down: boolean) => (down ? directory.down.add(key) : directory.down.delete(key)),
      admitted: createFindAdmitted(deps),
      /** Signs in, adds a passkey, and gives both. */
      async enrol(username: string) {
        const { token } = await signIn(username);
        const found = (await findSignedIn(deps, token))!;
        const own = { administratorId: found.administratorId, username, sessionId: found.sessionId };
        const soft = new SoftPasskey(deps.site.origin);
        const { ceremony_id, options } = await beginOwnPasskey(deps, own);
        const credential = soft.create(options);
        const passkey = await addOwnPasskey(deps, own, { ceremony_id, credential, name: 'Key' }, 'Test');
        return { token, own, soft, passkey };
      },
      async byPasskey(soft: SoftPasskey, token?: string) {
        const { ceremony_id, options } = await beginPasskeySignIn(deps, token);
        return signInByPasskey(deps, visit(), token, { ceremony_id, credential: soft.get(options) });
      },
    };
  }
  const lastRefusal = async () =>
    (await auditTrail(db())).filter(({ event }) => event === 'session.refused').at(-1)?.data;
  const find = async (name: string) =>
    (await listAdministrators(base(), { limit: 200 })).items.find(({ username }) => username === name);
  return {
    ...{ clock, base, configure, begin, lastRefusal, find },
    sourceId: () => sourceId,
    ownerId: () => ownerId,
  };
}
