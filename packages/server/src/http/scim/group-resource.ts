// A team as SCIM writes it: a group (RFC 7643 4.2), and what SCIM wants changed of it.
import { NewUser } from '@countersign/contract/models.ts';
import type { ScimTeam, ScimTeamChanges } from '#core/scim/scim-team.ts';
import { isObject, type JsonObject, textOf, versionOf } from './resource.ts';
import { ScimError } from './scim-error.ts';

export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** @param base where SCIM is reached, without a slash at the end. @param hasMembers false where they were not read */
export function toGroupResource(team: ScimTeam, base: string, hasMembers = true): JsonObject {
  const members = team.members.map(({ id, username }) => ({
    value: id,
    display: username,
    $ref: `${base}/Users/${id}`,
    type: 'User',
  }));
  const resource = {
    schemas: [groupSchema],
    id: team.id,
    ...(team.external_id === '' ? {} : { externalId: team.external_id }),
    displayName: team.name,
    ...(hasMembers ? { members } : {}),
  };
  const meta = {
    resourceType: 'Group',
    created: new Date(team.created_at).toISOString(),
    lastModified: new Date(team.updated_at).toISOString(),
    location: `${base}/Groups/${team.id}`,
  };
  return { ...resource, meta: { ...meta, ...(hasMembers ? { version: versionOf(resource) } : {}) } };
}

/** A whole group, as POST and PUT bring it. @throws ScimError invalidValue, invalidSyntax */
export function readGroup(body: unknown): Required<ScimTeamChanges> & { readonly name: string } {
  if (!isObject(body)) throw new ScimError(400, 'The body is no object.', 'invalidSyntax');
  const given = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
  const name = given.get('displayname');
  if (name === undefined || name === null)
    throw new ScimError(400, 'displayName is missing.', 'invalidValue');
  return {
    name: teamName(name),
    external_id: externalId(given.get('externalid')),
    members: memberIds(given.get('members')),
  };
}

/** As everywhere else where a team is named. @throws ScimError invalidValue */
export function teamName(value: unknown): string {
  const parsed = NewUser.shape.teams.unwrap().element.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ScimError(400, `displayName: ${parsed.error.issues[0]?.message ?? 'not valid'}.`, 'invalidValue');
}

/** @throws ScimError invalidValue */
export function externalId(value: unknown): string {
  const parsed = NewUser.shape.external_guid.unwrap().safeParse(value ?? '');
  if (parsed.success) return parsed.data;
  throw new ScimError(400, `externalId: ${parsed.error.issues[0]?.message ?? 'not valid'}.`, 'invalidValue');
}

/** Ids of `members`, which are objects with a `value`; bare ids are understood too. @throws ScimError invalidValue */
export function memberIds(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.map((member) => textOf('members.value', isObject(member) ? member['value'] : member));
}
