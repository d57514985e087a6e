// PATCH of RFC 7644 3.5.2: operations on a user or a group, applied in order to what there is, or none of them.
import type { User } from '@countersign/contract/models.ts';
import type { ScimFilter } from '#core/scim/scim-filter.ts';
import type { ScimTeam, ScimTeamChanges } from '#core/scim/scim-team.ts';
import { externalId, memberIds, teamName } from './group-resource.ts';
import { parsePath, type ScimPath } from './parse-filter.ts';
import { isObject } from './resource.ts';
import { ScimError } from './scim-error.ts';
import { setUserAttribute, type UserDraft } from './user-resource.ts';

/** More belong into several calls. */
const maxOperations = 1000;

interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: ScimPath | undefined;
  readonly value: unknown;
}

/** @throws ScimError invalidSyntax, invalidPath */
export function readOperations(body: unknown): readonly Operation[] {
  const operations = isObject(body)
    ? Object.entries(body).find(([name]) => name.toLowerCase() === 'operations')?.[1]
    : undefined;
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > maxOperations)
    throw new ScimError(400, `Operations must be a list of 1 to ${maxOperations}.`, 'invalidSyntax');
  return operations.map(readOperation);
}

function readOperation(given: unknown): Operation {
  if (!isObject(given)) throw new ScimError(400, 'An operation is no object.', 'invalidSyntax');
  const { op, path, value } = given;
  // Entra ID writes Add, Replace and Remove.
  const word = typeof op === 'string' ? op.toLowerCase() : op;
  if (word !== 'add' && word !== 'replace' && word !== 'remove')
    throw new ScimError(400, 'op must be add, replace or remove.', 'invalidSyntax');
  if (path !== undefined && typeof path !== 'string')
    throw new ScimError(400, 'path must be a text.', 'invalidPath');
  if (path === undefined && word === 'remove')
    throw new ScimError(400, 'What is to be removed is not named.', 'noTarget');
  return { op: word, path: path === undefined || path === '' ? undefined : parsePath(path), value };
}

/** What the operations make of a user. @throws ScimError */
export function patchUser(operations: readonly Operation[]): UserDraft {
  const draft: UserDraft = {};
  for (const { op, path, value } of operations) {
    if (path) patchUserAttribute(draft, path, op === 'remove' ? null : value);
    else patchWholeUser(draft, value);
  }
  return draft;
}

function patchWholeUser(draft: UserDraft, value: unknown): void {
  if (!isObject(value))
    throw new ScimError(400, 'Without a path the value must be an object.', 'invalidSyntax');
  // Names with dots, as Entra ID writes them, are paths.
  for (const [name, each] of Object.entries(value)) patchUserAttribute(draft, parsePath(name), each);
}

function patchUserAttribute(draft: UserDraft, { attribute, filter, sub }: ScimPath, value: unknown): void {
  if (attribute === 'id' || attribute === 'meta' || attribute === 'groups')
    throw new ScimError(400, `${attribute} cannot be changed here.`, 'mutability');
  if (attribute === 'username' && value === null)
    throw new ScimError(400, 'userName cannot be removed.', 'mutability');
  if (attribute === 'name') {
    patchName(draft, sub, value);
    return;
  }
  // Of each list we keep one value; what is said of its type or rank says nothing.
  if (sub !== undefined && sub !== 'value') return;
  if (filter && !isAboutOurs(attribute, filter)) return;
  setUserAttribute(draft, attribute, value);
}

/** Parts of a name are not kept; the whole is. */
function patchName(draft: UserDraft, sub: string | undefined, value: unknown): void {
  if (sub === undefined) setUserAttribute(draft, 'name', value);
  else if (sub === 'formatted') setUserAttribute(draft, 'displayname', value);
}

const ourTypes: Readonly<Record<string, readonly string[]>> = {
  emails: ['work'],
  phonenumbers: ['mobile', 'work'],
};

/** Whether a condition on a list's values may mean the one that we keep. */
function isAboutOurs(attribute: string, filter: ScimFilter): boolean {
  if (filter.kind === 'and') return filter.of.every((each) => isAboutOurs(attribute, each));
  if (filter.kind !== 'compare' || filter.attribute !== 'type') return true;
  const types = ourTypes[attribute] ?? [];
  return filter.comparison !== 'eq' || types.includes(String(filter.value).toLowerCase());
}

/** What the operations make of a team. @throws ScimError */
export function patchTeam(before: ScimTeam, operations: readonly Operation[]): ScimTeamChanges {
  const draft = {
    name: before.name,
    external_id: before.external_id,
    members: new Set(before.members.map(({ id }) => id)),
  };
  for (const { op, path, value } of operations) {
    if (path) patchTeamAttribute(draft, op, path, value);
    else if (isObject(value))
      for (const [name, each] of Object.entries(value)) patchTeamAttribute(draft, op, parsePath(name), each);
    else throw new ScimError(400, 'Without a path the value must be an object.', 'invalidSyntax');
  }
  return { ...draft, members: [...draft.members] };
}

interface TeamDraft {
  name: string;
  external_id: string;
  members: Set<string>;
}

function patchTeamAttribute(
  draft: TeamDraft,
  op: Operation['op'],
  { attribute, filter }: ScimPath,
  value: unknown,
): void {
  switch (attribute) {
    case 'displayname':
      if (op === 'remove') throw new ScimError(400, 'displayName cannot be removed.', 'mutability');
      draft.name = teamName(value);
      return;
    case 'externalid':
      draft.external_id = op === 'remove' ? '' : externalId(value);
      return;
    case 'members':
      patchMembers(draft, op, filter, value);
      return;
    case 'schemas':
    case 'id':
      // Entra ID and Okta send the id along with a replaced group.
      return;
    default:
      throw new ScimError(400, `A group has no attribute ${attribute.slice(0, 80)}.`, 'invalidPath');
  }
}

function patchMembers(
  draft: TeamDraft,
  op: Operation['op'],
  filter: ScimFilter | undefined,
  value: unknown,
): void {
  if (op === 'replace' && !filter) draft.members = new Set(memberIds(value));
  else if (op === 'add') for (const id of memberIds(value)) draft.members.add(id);
  else if (op === 'remove') {
    // RFC 7644 3.5.2.2: all, those that a filter names, or — as Entra ID writes it — those in the value.
    const gone = filter ? idsIn(filter) : memberIds(value);
    if (!filter && value === undefined) draft.members.clear();
    for (const id of gone) draft.members.delete(id);
  } else throw new ScimError(400, 'A member can be added and removed, not replaced.', 'invalidPath');
}

/** `value eq "…"`, several of them with or. */
function idsIn(filter: ScimFilter): readonly string[] {
  if (filter.kind === 'or') return filter.of.flatMap(idsIn);
  if (filter.kind === 'compare' && filter.attribute === 'value' && filter.comparison === 'eq')
    return [String(filter.value)];
  throw new ScimError(400, 'Members are named by value eq "id".', 'invalidFilter');
}

/** What a user becomes when SCIM puts it whole: what it does not say is gone, but for the password and whether it may log in. */
export const replacedUser = (draft: UserDraft, before: User): UserDraft => ({
  full_name: '',
  email: '',
  phone: '',
  external_guid: '',
  enabled: before.enabled,
  ...draft,
});
