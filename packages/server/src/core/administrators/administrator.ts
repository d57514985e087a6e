// An administrator of the console: the row, how it is shown, and when somebody could still get in.
import type { Administrator } from '@countersign/contract/administrator-models.ts';
import type { Selectable } from 'kysely';
import type { AdministratorTable } from '#db/administration-tables.ts';
import { Problem } from '#platform/problem.ts';

export type AdministratorRow = Selectable<AdministratorTable>;

/** The row with what hangs on it. */
export interface AdministratorFacts extends AdministratorRow {
  readonly passkey_count: number;
  readonly phone_username: string | null;
  readonly phone_application: string | null;
  readonly invited_until: number | null;
}

/** Hashes and checks passwords: those of core/users are handed in, so that all share their turns. */
export interface PasswordChecks {
  /** @throws Problem password_too_weak, invalid_request; Unavailable */
  hash(password: string): Promise<string>;
  verify(hash: string | null, password: string, asker?: string): Promise<'correct' | 'wrong' | 'overloaded'>;
}

export function toAdministrator(facts: AdministratorFacts): Administrator {
  const { phone_user_id: id, phone_username: username, phone_application: application_name } = facts;
  const hasPhone = id !== null && username !== null && application_name !== null;
  return {
    id: facts.id,
    username: facts.username,
    role: facts.role,
    enabled: facts.enabled === 1,
    kind: facts.kind,
    directory_checked_at: facts.directory_checked_at,
    has_password: facts.password_hash !== null,
    passkey_count: facts.passkey_count,
    phone_user: hasPhone ? { id, username, application_name } : null,
    invited_until: facts.invited_until,
    last_signed_in_at: facts.last_signed_in_at,
    created_at: facts.created_at,
    updated_at: facts.updated_at,
  };
}

/** Whether there is a password by which the administrator signs in, here or in the directory. */
export const hasPassword = ({
  kind,
  password_hash: hash,
}: Pick<AdministratorRow, 'kind' | 'password_hash'>): boolean => kind === 'directory' || hash !== null;

/** @throws Problem kept_in_directory */
export function refuseOfDirectory({ kind }: Pick<AdministratorRow, 'kind'>): void {
  if (kind === 'directory') throw new Problem('kept_in_directory');
}

/** What somebody can prove with who is there. */
export interface Factors {
  readonly hasPassword: boolean;
  readonly passkeys: number;
  readonly hasPhone: boolean;
}

type WayIn = 'none' | 'password' | 'two_factors';

/** How far the factors lead: nowhere, to where a second one must be added, or all the way in. */
export function wayIn({ hasPassword, passkeys, hasPhone }: Factors): WayIn {
  if (passkeys > 0 || (hasPassword && hasPhone)) return 'two_factors';
  return hasPassword ? 'password' : 'none';
}

const order: readonly WayIn[] = ['none', 'password', 'two_factors'];

/** Whether the change takes the last way in of its kind away. */
export const losesWayIn = (before: Factors, after: Factors): boolean =>
  order.indexOf(wayIn(after)) < order.indexOf(wayIn(before));
