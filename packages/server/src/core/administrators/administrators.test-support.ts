// What tests of administrators hand to use cases, and administrators who can get in.
import { actor, administrationDeps, type createHandClock } from '#core/audit/administration.test-support.ts';
import type { RoleName } from '@countersign/contract/roles.ts';
import type { Db } from '#db/db.ts';
import { defaultSettings } from '#platform/settings.test-support.ts';
import type { PasswordChecks } from './administrator.ts';
import { createAdministrator } from './create-administrator.ts';
import { useSetupLink } from './use-setup-link.ts';
import { passkeySite } from './webauthn.ts';

export const goodPassword = 'lantern orchid violin';
export const visitor = { address: '192.0.2.7', userAgent: 'Test' };
const publicUrl = 'https://mfa.example.test';

/** Quick, and counts what it is asked: argon2id itself is tested elsewhere. */
export function countingPasswords() {
  const checked: (string | null)[] = [];
  const passwords: PasswordChecks = {
    hash: async (text) => `hash of ${text}`,
    async verify(hash, text) {
      checked.push(hash);
      return hash === `hash of ${text}` ? 'correct' : 'wrong';
    },
  };
  return { passwords, checked };
}

export function administratorDeps(db: Db, clock?: ReturnType<typeof createHandClock>) {
  return {
    ...administrationDeps(db, clock),
    ...countingPasswords(),
    site: passkeySite(publicUrl, 'Countersign'),
    settings: defaultSettings,
    publicUrl,
  };
}

export type AdministratorDeps = ReturnType<typeof administratorDeps>;

/** Owners are counted under a lock on it. */
export async function plantInstallation(db: Db): Promise<void> {
  const row = { singleton: 1, id: 'i', name: 'n', key_id: 'k', created_at: 1 } as const;
  await db.write((tx) => tx.insertInto('installation').values(row).execute());
}

/** Created, invited and signed in for the first time. */
export async function makeAdministrator(deps: AdministratorDeps, username: string, role: RoleName) {
  const { id, invitation_link } = await createAdministrator(deps, actor, 'everything', { username, role });
  const token = invitation_link.split('/').at(-1) ?? '';
  const made = await useSetupLink(deps, visitor, { token, username, password: goodPassword });
  return { id, username, sessionId: made.session.id, token: made.token };
}
