// A user as a row of a file says it: what is absent is left alone. And what is wrong with a row.
import { UserChanges } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type RowFault, userFileLimits as limits } from '@countersign/contract/user-files.ts';

export interface FileUser {
  readonly line: number;
  readonly username: string;
  /** By which the user is found. */
  readonly key: string;
  readonly full_name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly external_guid?: string;
  readonly teams?: readonly string[];
  readonly enabled?: boolean;
  readonly device_limit?: number | null;
  /** Gone once it is hashed. */
  readonly password?: string;
  readonly password_hash?: string;
}

/** What a row brings, not looked at yet. */
export type RawUser = { readonly [K in Exclude<keyof FileUser, 'line' | 'key' | 'password_hash'>]?: unknown };
export type UserField = keyof RawUser;

export interface Fault {
  readonly field: UserField | null;
  readonly code: RowFault;
}

export interface ReadUser {
  readonly user: FileUser | undefined;
  readonly faults: readonly Fault[];
  /** The phone number stood without its plus sign. */
  readonly phoneCompleted: boolean;
}

const { shape } = UserChanges;

/** In the order in which faults of one row are told. */
const faultOf = {
  username: 'not_readable',
  full_name: 'not_readable',
  email: 'email_invalid',
  phone: 'phone_invalid',
  password: 'password_invalid',
  teams: 'teams_invalid',
  enabled: 'field_invalid',
  external_guid: 'not_readable',
  device_limit: 'device_limit_invalid',
} as const satisfies Record<UserField, RowFault>;
export const userFields = Object.keys(faultOf) as readonly UserField[];

/** Looks at what a row brings with the same schemas as the rest of the API. */
export function readUser(line: number, raw: RawUser): ReadUser {
  const faults: Fault[] = [];
  const found: Partial<Record<UserField, unknown>> = {};
  const phone = typeof raw.phone === 'string' ? completePhone(raw.phone) : raw.phone;
  for (const field of userFields) {
    const value = field === 'phone' ? phone : raw[field];
    if (value === undefined) continue;
    const read = field === 'password' ? readPassword(value) : readField(field, value);
    if (typeof read === 'string') faults.push({ field, code: read });
    else found[field] = read.value;
  }
  if (faults.length > 0) return { user: undefined, faults, phoneCompleted: false };
  const username = found.username;
  if (typeof username !== 'string')
    return {
      user: undefined,
      faults: [{ field: 'username', code: 'username_missing' }],
      phoneCompleted: false,
    };
  // Every value went through the schema of its field.
  const user = { ...found, line, username, key: nameKey(username) } as FileUser;
  const phoneCompleted = typeof phone === 'string' && phone.startsWith('+') && !isPlus(raw.phone);
  return { user, faults, phoneCompleted };
}

type Read = { readonly value: unknown } | RowFault;

function readField(field: Exclude<UserField, 'password'>, value: unknown): Read {
  if (field === 'username' && typeof value === 'string' && nameKey(value) === '') return 'username_missing';
  const parsed = shape[field].safeParse(value);
  return parsed.success ? { value: parsed.data } : faultOf[field];
}

/** Somebody chose it elsewhere under other rules, and goes on using it: shorter ones than ours are taken. */
function readPassword(value: unknown): Read {
  if (typeof value !== 'string') return 'field_invalid';
  if (value === '') return { value: undefined };
  if (value.length > 256 || /\p{Cc}|\p{Surrogate}/u.test(value)) return 'password_invalid';
  return [...value].length < limits.password ? 'password_too_short' : { value };
}

const isPlus = (value: unknown): boolean => typeof value === 'string' && value.trim().startsWith('+');

/** As people write numbers: with spaces, brackets, hyphens; `00` or nothing where the plus sign belongs. National ones stay as they are. */
function completePhone(text: string): string {
  const bare = text.replace(/[\s().\-/\u00a0\u2010-\u2015]/g, '').replace(/^00(?=[1-9])/, '+');
  return /^[1-9][0-9]{7,14}$/.test(bare) ? `+${bare}` : bare;
}
