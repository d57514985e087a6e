// A user as SCIM writes it (RFC 7643 4.1), and what SCIM wants changed, as our changes.
import { type User, UserChanges } from '@countersign/contract/models.ts';
import { type JsonObject, isObject, textOf, versionOf } from './resource.ts';
import { ScimError } from './scim-error.ts';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** @param base where SCIM is reached, without a slash at the end. @param teams names and ids of the user's teams */
export function toUserResource(
  user: User,
  teams: readonly { readonly id: string; readonly name: string }[],
  base: string,
): JsonObject {
  const resource = {
    schemas: [userSchema],
    id: user.id,
    ...(user.external_guid === '' ? {} : { externalId: user.external_guid }),
    userName: user.username,
    ...(user.full_name === '' ? {} : { displayName: user.full_name, name: { formatted: user.full_name } }),
    active: user.enabled,
    ...(user.email === '' ? {} : { emails: [{ value: user.email, type: 'work', primary: true }] }),
    ...(user.phone === '' ? {} : { phoneNumbers: [{ value: user.phone, type: 'mobile', primary: true }] }),
    groups: teams.map(({ id, name }) => ({
      value: id,
      display: name,
      $ref: `${base}/Groups/${id}`,
      type: 'direct',
    })),
  };
  const meta = {
    resourceType: 'User',
    created: new Date(user.created_at).toISOString(),
    lastModified: new Date(user.updated_at).toISOString(),
    location: `${base}/Users/${user.id}`,
  };
  return { ...resource, meta: { ...meta, version: versionOf(resource) } };
}

/** What SCIM says of a user, attribute by attribute; what it does not say is absent. */
export interface UserDraft {
  username?: string;
  full_name?: string;
  email?: string;
  phone?: string;
  external_guid?: string;
  enabled?: boolean;
  password?: string | null;
}

/** Nothing of these is kept: this server has no place for them. Whoever pushes them is not refused. */
const unkept: ReadonlySet<string> = new Set([
  'schemas',
  'id',
  'meta',
  'groups',
  'nickname',
  'profileurl',
  'title',
  'usertype',
  'preferredlanguage',
  'locale',
  'timezone',
  'ims',
  'photos',
  'addresses',
  'entitlements',
  'roles',
  'x509certificates',
]);

type Setter = (draft: UserDraft, value: unknown) => void;

const setters: Readonly<Record<string, Setter>> = {
  username: (draft, value) => {
    draft.username = textOf('userName', value);
  },
  externalid: (draft, value) => {
    draft.external_guid = textOrNothing('externalId', value);
  },
  displayname: (draft, value) => {
    draft.full_name = textOrNothing('displayName', value);
  },
  name: (draft, value) => {
    const name = fullName(value);
    // displayName says it better, whichever of the two comes first.
    if (name !== undefined && !draft.full_name) draft.full_name = name;
  },
  active: (draft, value) => {
    draft.enabled = flagOf(value);
  },
  emails: (draft, value) => {
    draft.email = usable('email', chosen('emails', value, ['work']));
  },
  phonenumbers: (draft, value) => {
    draft.phone = usable('phone', toInternational(chosen('phoneNumbers', value, ['mobile', 'work'])));
  },
  password: (draft, value) => {
    draft.password = value === null || value === '' ? null : textOf('password', value);
  },
};

/** @param name attribute in lower case. @throws ScimError invalidPath for what no user has, invalidValue */
export function setUserAttribute(draft: UserDraft, name: string, value: unknown): void {
  const set = Object.hasOwn(setters, name) ? setters[name] : undefined;
  if (set) set(draft, value);
  else if (!unkept.has(name) && !name.startsWith('urn:'))
    throw new ScimError(400, `A user has no attribute ${name.slice(0, 80)}.`, 'invalidPath');
}

/** A whole user, as POST and PUT bring it. @throws ScimError invalidValue, invalidSyntax */
export function readUserDraft(body: unknown): UserDraft {
  if (!isObject(body)) throw new ScimError(400, 'The body is no object.', 'invalidSyntax');
  const draft: UserDraft = {};
  for (const [name, value] of Object.entries(body))
    if (Object.hasOwn(setters, name.toLowerCase()) && value !== null && value !== undefined)
      setUserAttribute(draft, name.toLowerCase(), value);
  if (draft.username === undefined) throw new ScimError(400, 'userName is missing.', 'invalidValue');
  return draft;
}

/** @throws ScimError invalidValue that names every attribute at fault */
export function toUserChanges(draft: UserDraft): UserChanges {
  const parsed = UserChanges.safeParse(draft);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${scimNameOf(path[0])}: ${message}`);
  throw new ScimError(400, `${faults.slice(0, 10).join('; ')}.`, 'invalidValue');
}

const scimNames: Readonly<Record<string, string>> = {
  username: 'userName',
  full_name: 'displayName',
  email: 'emails',
  phone: 'phoneNumbers',
  external_guid: 'externalId',
  enabled: 'active',
};

const scimNameOf = (field: PropertyKey | undefined): string => scimNames[String(field)] ?? String(field);

const textOrNothing = (name: string, value: unknown): string =>
  value === null || value === undefined ? '' : textOf(name, value);

/** Entra ID sends "False" as a text. */
function flagOf(value: unknown): boolean {
  const word = typeof value === 'string' ? value.toLowerCase() : value;
  if (word === true || word === 'true') return true;
  if (word === false || word === 'false') return false;
  throw new ScimError(400, 'active must be true or false.', 'invalidValue');
}

/** RFC 7643 4.1.1: as it is to be shown, or of its parts. */
function fullName(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  const part = (name: string) => {
    const found = Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1];
    return typeof found === 'string' ? found.trim() : '';
  };
  const parts = [part('givenname'), part('familyname')].filter((each) => each !== '').join(' ');
  return part('formatted') || parts || undefined;
}

/** We keep one of several: of the wanted type, else the primary one, else the first. */
function chosen(name: string, value: unknown, types: readonly string[]): string {
  if (value === null || value === undefined) return '';
  const all = (Array.isArray(value) ? value : [value]).map((each: unknown) =>
    typeof each === 'string' ? { value: each } : each,
  );
  const values = all.filter(isObject);
  const ofType = (type: string) =>
    values.find((each) => typeof each['type'] === 'string' && each['type'].toLowerCase() === type);
  const best =
    types.map(ofType).find(Boolean) ?? values.find((each) => each['primary'] === true) ?? values[0];
  return best === undefined ? '' : textOrNothing(name, best['value']);
}

/** Directories are full of extensions and half numbers; a user is not refused for one, it is left out, which the answer shows. */
const usable = (field: 'email' | 'phone', text: string): string =>
  UserChanges.shape[field].safeParse(text).success ? text : '';

/** `+49 (170) 123-45`, `tel:+49-170-12345` and `004917012345` are one number (RFC 3966 5.1.1). */
function toInternational(text: string): string {
  const digits = text
    .trim()
    .replace(/^tel:/i, '')
    .replace(/[\s().\-/\u00a0]/g, '');
  return digits.replace(/^00/, '+');
}
